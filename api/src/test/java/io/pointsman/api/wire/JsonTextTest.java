package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonTextTest {

    private static final String[] PIECES = {
        "",
        "a",
        "plain words",
        "\"",
        "\\",
        "\n",
        "\u0001",
        "é",
        "中",
        "\uD83D\uDE00",
        "\uD83D",
        "\uDE00",
        "a\uD83D",
        "\uDE00b",
        "\uD83D\uD83D"
    };

    @ParameterizedTest
    @MethodSource("seeds")
    void isWrittenAsTheWholeWouldBe(int seed) {
        var random = new Random(seed);
        var text = new JsonText();
        var whole = new StringBuilder();

        for (int i = random.nextInt(8); i > 0; i--) {
            var piece = PIECES[random.nextInt(PIECES.length)];
            if (piece.matches("[a-z ]*") && random.nextBoolean()) {
                var bytes = ("<" + piece + ">").getBytes(UTF_8);
                text.plain(bytes, 1, bytes.length - 1);
            } else {
                text.append(piece);
            }
            whole.append(piece);

            assertThat(text.isEmpty()).isEqualTo(whole.isEmpty());
            assertThat(written(text)).isEqualTo(written(json -> json.string(whole.toString())));
        }
    }

    @Test
    void keepsHalfAPairAsAnEscape() {
        var text = new JsonText();
        text.append("a\uD83D");

        assertThat(written(text)).isEqualTo("\"a\\ud83d\"");
    }

    static IntStream seeds() {
        return IntStream.range(0, 300);
    }

    private static String written(JsonValue value) {
        var json = new JsonBytes(16);
        value.writeTo(json);
        return new String(json.toByteArray(), UTF_8);
    }
}
