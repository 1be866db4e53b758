package io.pointsman.gateway.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonLineTest {

    static IntStream seeds() {
        return IntStream.range(0, 30);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void readsBackAsWhatWasWritten(int seed) {
        var random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            var text = text(random);
            long whole = random.nextLong() >> random.nextInt(64);
            double fraction = random.nextDouble();
            // Longer ones have more digits than a double.
            long nanos = (random.nextLong() >>> 1) >> (12 + random.nextInt(50));
            var read =
                    read(json -> {
                        json.text("text", text);
                        json.number("whole", whole);
                        json.number("fraction", fraction);
                        json.millis("millis", nanos);
                        json.number("money", new BigDecimal("1E-9"));
                        json.flag("flag", true);
                        json.nothing("nothing");
                    });

            assertThat(read.at("/text").asString()).isEqualTo(text);
            assertThat(read.at("/whole").asLong()).isEqualTo(whole);
            assertThat(read.at("/fraction").asDouble()).isEqualTo(fraction);
            assertThat(read.at("/millis").asDouble()).isEqualTo(nanos / 1e6);
            assertThat(read.at("/money").decimalValue()).isEqualByComparingTo("0.000000001");
            assertThat(read.at("/flag").asBoolean()).isTrue();
            assertThat(read.at("/nothing").isNull()).isTrue();
        }
    }

    @Test
    void writesMillisecondsWithAtLeastOneDecimal() {
        assertThat(line(json -> json.millis("ms", 0))).isEqualTo("{\"ms\":0.0}");
        assertThat(line(json -> json.millis("ms", 12_000_000))).isEqualTo("{\"ms\":12.0}");
        assertThat(line(json -> json.millis("ms", 1_000_200))).isEqualTo("{\"ms\":1.0002}");
        assertThat(line(json -> json.millis("ms", -1_500_000))).isEqualTo("{\"ms\":-1.5}");
        assertThat(line(json -> json.millis("ms", -1))).isEqualTo("{\"ms\":-0.000001}");
    }

    @Test
    void separatesElementsAndMembers() {
        var line =
                line(json -> {
                    json.beginList("list");
                    for (int i = 0; i < 2; i++) {
                        json.begin();
                        json.number("i", i);
                        json.flag("even", i % 2 == 0);
                        json.end();
                    }
                    json.endList();
                    json.beginList("empty");
                    json.endList();
                    json.nothing("last");
                });

        assertThat(line)
                .isEqualTo(
                        "{\"list\":[{\"i\":0,\"even\":true},{\"i\":1,\"even\":false}],\"empty\":[],\"last\":null}");
    }

    @Test
    void isOneLineWhateverTheTextIs() {
        assertThat(line(json -> json.text("t", "a\nb\r\"\\\u0000\u2028\ud800!")))
                .isEqualTo("{\"t\":\"a\\nb\\r\\\"\\\\\\u0000\u2028?!\"}");
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        int length = random.nextInt(300);
        while (text.length() < length) {
            int bits = 1 + random.nextInt(20);
            int c = random.nextInt(1 << bits);
            if (Character.isValidCodePoint(c)
                    && (c >= 0x10000 || !Character.isSurrogate((char) c))) {
                text.appendCodePoint(c);
            }
        }
        return text.toString();
    }

    private static JsonNode read(Consumer<JsonLine> members) {
        return new JsonMapper().readTree(line(members));
    }

    private static String line(Consumer<JsonLine> members) {
        var json = new JsonLine();
        json.begin();
        members.accept(json);
        json.end();
        return new String(json.toByteArray(), StandardCharsets.UTF_8);
    }
}
