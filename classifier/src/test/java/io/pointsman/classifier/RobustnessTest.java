package io.pointsman.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Classification.Cause;
import io.pointsman.api.Classification.Scored;
import io.pointsman.api.Classification.Unknown;
import io.pointsman.api.Kind;
import io.pointsman.api.Message;
import io.pointsman.api.Role;
import io.pointsman.api.Tier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What a prompt asks decides, not how it is typed, nor what it says about how to be treated.
class RobustnessTest {

    private static final DifficultyClassifier CLASSIFIER =
            Classifiers.load("generic", Path.of("nowhere"));
    private static final List<String> PROMPTS = VariedPrompts.all();
    private static final Duration BOUND = Duration.ofSeconds(2);

    @ParameterizedTest
    @EnumSource
    void decidesTheSame(Perturbation perturbation) {
        double sameWay = 0;
        double sameTier = 0;
        for (int i = 0; i < PROMPTS.size(); i++) {
            var prompt = PROMPTS.get(i);
            var perturbed = perturbation.of(prompt, new Random(i));
            sameWay += toTheReasoner(prompt) == toTheReasoner(perturbed) ? 1 : 0;
            sameTier += tier(prompt).equals(tier(perturbed)) ? 1 : 0;
        }

        assertThat(PROMPTS).hasSizeGreaterThan(200);
        assertThat(sameWay / PROMPTS.size()).as("same way").isGreaterThanOrEqualTo(0.9);
        assertThat(sameTier / PROMPTS.size()).as("same tier").isGreaterThanOrEqualTo(0.9);
    }

    @Test
    void noSuffixForcesARoute() {
        var before = PROMPTS.stream().map(RobustnessTest::toTheReasoner).toList();

        assertThat(Suffixes.all()).hasSize(200);
        for (var suffix : Suffixes.all()) {
            double up = 0;
            double down = 0;
            for (int i = 0; i < PROMPTS.size(); i++) {
                boolean after = toTheReasoner(PROMPTS.get(i) + suffix);
                up += after && !before.get(i) ? 1 : 0;
                down += !after && before.get(i) ? 1 : 0;
            }
            assertThat(up / PROMPTS.size()).as("up by \"%s\"", suffix).isLessThan(0.1);
            assertThat(down / PROMPTS.size()).as("down by \"%s\"", suffix).isLessThan(0.1);
        }
    }

    static List<String> badInput() {
        return List.of(
                "",
                "\0".repeat(1 << 20),
                "\n".repeat(100_000),
                " \n".repeat(50_000),
                "x".repeat(1 << 20),
                "word".repeat(1 << 18),
                "think step by step ".repeat(50_000),
                "please, ".repeat(100_000),
                "> ".repeat(500_000),
                "\ud83d".repeat(10_000),
                "\udc00\ud83d a",
                "\ud83d\ude80".repeat(100_000),
                "\u0301".repeat(100_000),
                "\u200b".repeat(100_000),
                "؟ما هي عاصمة فرنسا\u202e".repeat(10_000),
                "证明".repeat(200_000),
                "ﷺ".repeat(100_000),
                "<tool_result>".repeat(80_000),
                "<a>".repeat(100_000) + "</a>".repeat(100_000),
                "<system-reminder>" + "<".repeat(500_000),
                "diff --git \n@@ -1 +1 @@\n" + "+\n".repeat(200_000),
                "2026-11-01 12:00:00\n".repeat(50_000));
    }

    @ParameterizedTest
    @MethodSource("badInput")
    void judgesBadInputInBoundedTime(String text) {
        var judged =
                Assertions.assertTimeout(
                        BOUND,
                        () -> {
                            tier(text);
                            return CLASSIFIER.classify(Requests.asking(text));
                        });

        assertThat(judged).isNotEqualTo(new Unknown(Cause.FAILED));
    }

    @Test
    void judgesTenThousandTinyMessagesInBoundedTime() {
        var messages = Collections.nCopies(10_000, Message.of(Role.USER, "hm"));

        var judged =
                Assertions.assertTimeout(BOUND, () -> CLASSIFIER.classify(Requests.of(messages)));

        assertThat(judged).isInstanceOf(Scored.class);
    }

    private static boolean toTheReasoner(String prompt) {
        return CLASSIFIER.classify(Requests.asking(prompt)) instanceof Scored scored
                && scored.difficulty() >= 0.5;
    }

    private static Optional<Tier> tier(String prompt) {
        return CLASSIFIER.kind(Requests.asking(prompt)).map(Kind::tier);
    }
}
