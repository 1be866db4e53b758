package io.pointsman.lab.mini;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VocabularyTest {
    private final Vocabulary vocabulary = tiny();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "What is 47 + 29?",
                "  two  spaces\tand\r\n lines \n\n",
                "don't — 你好 7×8 👍🏽 é",
                "<user> is only text here"
            })
    void decodesWhatItEncodes(String text) {
        assertThat(vocabulary.decode(vocabulary.encode(text))).isEqualTo(text);
    }

    @Test
    void decodesAnyTextItEncodes() {
        var random = new SplittableRandom(5);
        for (var round = 0; round < 200; round++) {
            var text = new StringBuilder();
            IntStream.range(0, 40).forEach(_ -> text.appendCodePoint(random.nextInt(0x20, 0xd000)));
            assertThat(vocabulary.decode(vocabulary.encode(text.toString())))
                    .isEqualTo(text.toString());
        }
    }

    @Test
    void keepsEveryDigitByItself() {
        assertThat(vocabulary.encode("12345")).hasSize(5);
    }

    @Test
    void givesFrequentWordsOneToken() {
        assertThat(vocabulary.encode("What is")).hasSize(2);
    }

    static Vocabulary tiny() {
        return Vocabulary.learn(Map.of("What is 7 + 5?", 10L, "Hello, how much is it", 5L), 275);
    }
}
