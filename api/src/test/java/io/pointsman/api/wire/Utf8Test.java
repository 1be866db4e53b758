package io.pointsman.api.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, 4097, 10_000})
    void acceptsTextsOfAnyLength(int length) {
        var text = "a€😀".repeat(length / 4) + "ß".repeat(length % 4);

        assertThat(Utf8.firstMalformed(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({
        "FF, a byte that never occurs",
        "C0AF, overlong with two bytes",
        "E080AF, overlong with three",
        "F08080AF, overlong with four",
        "EDA080, half a surrogate pair",
        "F4908080, beyond the last code point",
        "E282, cut off",
        "80, a continuation alone"
    })
    void saysWhereBytesGoWrong(String hex, String what) {
        var wrong = HexFormat.of().parseHex(hex);
        var bytes = Arrays.copyOf("x".repeat(5000).getBytes(StandardCharsets.UTF_8), 5004);
        Arrays.fill(bytes, 5000, 5004, (byte) 'y');
        System.arraycopy(wrong, 0, bytes, 5000, wrong.length);

        assertThat(Utf8.firstMalformed(bytes)).as(what).isEqualTo(5000);
    }

    @Test
    void aTextThatEndsEarlyIsWrongAtItsLastCharacter() {
        assertThat(Utf8.firstMalformed(new byte[] {'a', (byte) 0xE2, (byte) 0x82})).isEqualTo(1);
    }

    static IntStream seeds() {
        return IntStream.range(0, 50);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void agreesWithTheJdksDecoder(int seed) {
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            var bytes = damaged(random);

            assertThat(Utf8.firstMalformed(bytes))
                    .as(() -> HexFormat.of().formatHex(bytes))
                    .isEqualTo(byDecoder(bytes));
        }
    }

    /// Text of characters of all lengths, some of whose bytes are not as they were.
    private static byte[] damaged(Random random) {
        var text = new StringBuilder();
        int length = random.nextInt(40);
        for (int i = 0; i < length; i++) {
            int c = random.nextInt(1 << (1 + random.nextInt(20)));
            text.appendCodePoint(c >= 0xD800 && c < 0xE000 ? 'x' : c);
        }
        var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(3); i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) (0x70 + random.nextInt(0x90));
        }
        return random.nextInt(3) == 0
                ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1))
                : bytes;
    }

    private static int byDecoder(byte[] bytes) {
        var in = ByteBuffer.wrap(bytes);
        return StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .decode(in, CharBuffer.allocate(bytes.length + 1), true)
                        .isError()
                ? in.position()
                : -1;
    }
}
