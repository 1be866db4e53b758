package io.pointsman.api.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
}
