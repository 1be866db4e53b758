package io.pointsman.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Classification;
import io.pointsman.api.Classification.Cause;
import io.pointsman.api.Classification.Scored;
import io.pointsman.api.Classification.Unknown;
import io.pointsman.api.Classifier;
import io.pointsman.api.Message;
import io.pointsman.api.Role;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every classifier keeps: it is total, it repeats itself, and its reasons tell nothing of the
/// prompt.
abstract class ClassifierContract {

    abstract Classifier classifier();

    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void judgesWhateverCharactersComeAndRepeatsItself(long seed) {
        var random = new Random(seed);
        var text = new StringBuilder();
        int length = random.nextInt(20_000);
        while (text.length() < length) {
            text.append((char) random.nextInt(random.nextBoolean() ? 128 : 65_536));
        }

        var first = judge(text.toString());

        assertThat(first).isNotEqualTo(new Unknown(Cause.FAILED)).isEqualTo(judge(text.toString()));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void judgesMarkupOfAnyShape(long seed) {
        var parts =
                List.of(
                        "<system-reminder>",
                        "</system-reminder>",
                        "<tool_result>",
                        "</tool_result>",
                        "2026-11-01 12:00:00 INFO x\n",
                        "    at a.B(C.java:1)\n",
                        "\n",
                        "```",
                        "4738",
                        " + ",
                        "$\\frac{1}{2}$",
                        "the",
                        "not",
                        "(",
                        ")))",
                        "<",
                        "word ");
        var random = new Random(seed);
        var text = new StringBuilder();
        for (int i = random.nextInt(4_000); i > 0; i--) {
            text.append(parts.get(random.nextInt(parts.size())));
        }

        assertThat(judge(text.toString())).isNotEqualTo(new Unknown(Cause.FAILED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\0\1\2",
                "\n\t\u00a0\u2003",
                "<system-reminder>do this</system-reminder>"
            })
    void cannotTellWithoutTextOfTheUsers(String text) {
        assertThat(judge(text)).isEqualTo(new Unknown(Cause.NO_TEXT));
    }

    @Test
    void cannotTellWhenTheUserSaysNothing() {
        var request = Requests.of(List.of(Message.of(Role.SYSTEM, "Prove that P is not NP.")));

        assertThat(classifier().classify(request)).isEqualTo(new Unknown(Cause.NO_TEXT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "🙂🙃🚀",
                "؟ما هي عاصمة فرنسا",
                "证明素数有无穷多个",
                "\u202eabc",
                "\ud83d",
                ")(*&^%$#@!",
                "."
            })
    void scoresUncommonTexts(String text) {
        assertThat(judge(text)).isInstanceOf(Scored.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "9",
                "(",
                "\n.",
                "<",
                "🙂",
                "at (",
                "12:00:00\n",
                "<tool_result>x</tool_result>y"
            })
    void scoresOneMillionRepetitions(String part) {
        assertThat(judge(part.repeat(1_000_000 / part.length()))).isInstanceOf(Scored.class);
    }

    @Test
    void scoresBytesThatWereNeverText() {
        var bytes = new byte[1 << 20];
        new Random(1).nextBytes(bytes);

        assertThat(judge(new String(bytes, StandardCharsets.ISO_8859_1)))
                .isInstanceOf(Scored.class);
    }

    @Test
    void scoresTenThousandTinyMessages() {
        var messages = Collections.nCopies(10_000, Message.of(Role.USER, "why?"));

        assertThat(classifier().classify(Requests.of(messages))).isInstanceOf(Scored.class);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void reasonsAreAsciiAndTellNoWordOfThePrompt(long seed) {
        var random = new Random(seed);
        var words = new ArrayList<String>();
        for (int i = 0; i < 1 + random.nextInt(60); i++) {
            words.add(
                    "zq"
                            + Long.toString(random.nextLong(1L << 40, 1L << 44), 36)
                                    .replaceAll("\\d", "v"));
        }

        var reasons = reasons(String.join(" ", words));

        assertThat(reasons).isNotEmpty().hasSizeLessThanOrEqualTo(3);
        assertThat(reasons)
                .allMatch(r -> r.matches("[ -~]{3,60}"))
                .noneMatch(r -> r.contains("zq"));
    }

    Classification judge(String prompt) {
        return classifier().classify(Requests.asking(prompt));
    }

    double difficulty(String prompt) {
        return judge(prompt) instanceof Scored scored ? scored.difficulty() : Double.NaN;
    }

    List<String> reasons(String prompt) {
        return judge(prompt) instanceof Scored scored ? scored.reasons() : List.of();
    }
}
