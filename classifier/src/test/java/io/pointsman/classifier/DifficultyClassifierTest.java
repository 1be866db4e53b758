package io.pointsman.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;

import io.pointsman.api.Classification;
import io.pointsman.api.Classification.Scored;
import io.pointsman.api.Label;
import io.pointsman.api.Label.Origin;
import io.pointsman.classifier.features.Conversation;
import io.pointsman.classifier.features.NgramRarity;
import io.pointsman.classifier.kinds.KindClassifier;
import io.pointsman.classifier.memory.MemorySettings;
import io.pointsman.classifier.memory.MemorySettings.Sharing;
import io.pointsman.classifier.memory.OutcomeMemory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DifficultyClassifierTest {

    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
    private static final Duration HALF_LIFE = Duration.ofDays(90);
    private static final Head HEAD = Classifiers.head(Classifiers.GENERIC, Path.of(""));

    private static final KindClassifier KINDS = KindClassifier.bundled();

    private static final List<String> CHANTS =
            List.of(
                    "Which chant do the moss wardens sing on Mondays?",
                    "Which chant do the moss wardens sing on Tuesdays?",
                    "Which chant do the moss wardens sing on Fridays?");

    private static final String FOURTH = "Which chant do the moss wardens sing on Sundays?";

    private static final String UNRELATED = "What is the capital of France?";

    @TempDir Path folder;

    @Test
    void threeCorrectionsMoveAFourthPromptLikeThemAndNoOther() {
        var classifier = classifier(Sharing.TENANT);
        double before = difficulty(classifier, FOURTH, "a");
        double unrelated = difficulty(classifier, UNRELATED, "a");

        CHANTS.forEach(chant -> fastFailed(classifier, chant, "a"));

        assertThat(before).isLessThan(0.5);
        assertThat(difficulty(classifier, FOURTH, "a")).isGreaterThan(0.6);
        assertThat(difficulty(classifier, UNRELATED, "a")).isCloseTo(unrelated, within(0.005));
    }

    @Test
    void praiseMovesItTheOtherWay() {
        var classifier = classifier(Sharing.TENANT);
        CHANTS.forEach(chant -> fastFailed(classifier, chant, "a"));
        double hard = difficulty(classifier, FOURTH, "a");

        CHANTS.forEach(chant -> learn(classifier, "better " + chant, chant, "a", 1));

        assertThat(difficulty(classifier, FOURTH, "a")).isLessThan(hard - 0.2);
    }

    @Test
    void nobodyElseIsMoved() {
        var classifier = classifier(Sharing.TENANT);
        var before = judge(classifier, FOURTH, "b");

        CHANTS.forEach(chant -> fastFailed(classifier, chant, "a"));

        assertThat(judge(classifier, FOURTH, "b")).isEqualTo(before);
    }

    @Test
    void aThousandLabelsOfOneTenantMoveOthersToABoundedExtentWhereTheyAreShared() {
        var few = classifier(Sharing.ALL);
        var many = classifier(Sharing.ALL);
        fastFailed(few, CHANTS.getFirst(), "a");
        fastFailed(few, CHANTS.getLast(), "a");

        for (int i = 0; i < 1_000; i++) {
            learn(many, "label " + i, CHANTS.get(i % 3) + " Verse " + i + ".", "a", 0);
        }

        double before = difficulty(classifier(Sharing.ALL), FOURTH, "b");
        assertThat(difficulty(few, FOURTH, "b")).isGreaterThan(before);
        assertThat(difficulty(many, FOURTH, "b") - before)
                .isLessThan(1.5 * (difficulty(few, FOURTH, "b") - before));
    }

    @Test
    void labelsFadeWithAge() {
        var classifier = classifier(Sharing.TENANT);
        double before = difficulty(classifier, FOURTH, "a");
        CHANTS.forEach(chant -> fastFailed(classifier, chant, "a"));
        double fresh = difficulty(classifier, FOURTH, "a");

        classifier.advance(NOW.plus(HALF_LIFE.multipliedBy(4)));
        double old = difficulty(classifier, FOURTH, "a");
        classifier.advance(NOW.plus(HALF_LIFE.multipliedBy(20)));
        double ancient = difficulty(classifier, FOURTH, "a");

        assertThat(old).isBetween(before, fresh - 0.05);
        assertThat(ancient).isCloseTo(before, within(0.001));
    }

    @Test
    void outcomesNarrowTheInterval() {
        var classifier = classifier(Sharing.TENANT);
        var before = scored(classifier, FOURTH, "a");

        for (int i = 0; i < 10; i++) {
            learn(classifier, "label " + i, CHANTS.get(i % 3) + " Verse " + i, "a", i % 2);
        }

        var after = scored(classifier, FOURTH, "a");
        assertThat(width(after)).isLessThan(0.8 * width(before));
        assertThat(after.novelty().measure()).isLessThan(before.novelty().measure());
    }

    /// In the units of the gap, since the difficulty's scale bends.
    private static double width(Scored scored) {
        return gap(scored.interval().high()) - gap(scored.interval().low());
    }

    private static double gap(double difficulty) {
        return Math.log(difficulty / (1 - difficulty));
    }

    @Test
    void theScoreLiesInItsIntervalAndTheChancesDifferByTheGap() {
        for (var prompt : List.of(FOURTH, UNRELATED, "Prove that 2 + 2 = 4.", "hi", "1 2 3")) {
            var scored = scored(classifier(Sharing.TENANT), prompt, "a");

            assertThat(scored.difficulty())
                    .isBetween(scored.interval().low(), scored.interval().high());
            assertThat(scored.chances().fast()).isBetween(0.0, 1.0);
            assertThat(scored.chances().reasoner()).isBetween(0.0, 1.0);
        }
    }

    @Test
    void whatItLearnedOutlivesIt() {
        var settings =
                new MemorySettings(
                        Optional.of(folder.resolve("outcomes.log")),
                        100,
                        HALF_LIFE,
                        Sharing.TENANT);
        double learned;
        try (var first = new DifficultyClassifier(HEAD, KINDS, memory(settings))) {
            CHANTS.forEach(chant -> fastFailed(first, chant, "a"));
            learned = difficulty(first, FOURTH, "a");
        }

        try (var second = new DifficultyClassifier(HEAD, KINDS, memory(settings))) {
            assertThat(difficulty(second, FOURTH, "a")).isEqualTo(learned);
        }
    }

    @Test
    void refusesATraceThatIsNotItsOwn() {
        assertThatThrownBy(() ->
                        classifier(Sharing.TENANT)
                                .learn(
                                        "id",
                                        "a",
                                        () -> 1,
                                        Label.ofFast(1, Origin.FEEDBACK, 1),
                                        NOW))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPromptUnlikeAllThatIsKnownIsNovelUntilItsKindIsLearned() {
        var spread = new Spread(HEAD.spread().known(), HEAD.spread().novel(), 0.5, 0.2);
        var strict =
                new Head(
                        HEAD.identity(),
                        HEAD.gap(),
                        HEAD.reasoner(),
                        HEAD.thinking(),
                        HEAD.calibration(),
                        spread,
                        HEAD.percentiles(),
                        HEAD.known());
        var classifier = new DifficultyClassifier(strict, KINDS, memory(MemorySettings.DEFAULT));
        var before = scored(classifier, FOURTH, "a");

        CHANTS.forEach(chant -> fastFailed(classifier, chant, "a"));

        assertThat(before.novelty().novel()).isTrue();
        assertThat(before.doubt()).contains(Classification.Doubt.NOVEL);
        assertThat(scored(classifier, FOURTH, "a").doubt()).isEmpty();
        assertThat(scored(classifier, UNRELATED, "a").novelty().novel()).isFalse();
    }

    private static void fastFailed(DifficultyClassifier classifier, String prompt, String tenant) {
        learn(classifier, prompt, prompt, tenant, 0);
    }

    private static void learn(
            DifficultyClassifier classifier,
            String id,
            String prompt,
            String tenant,
            double score) {
        var trace = scored(classifier, prompt, tenant).trace().orElseThrow();
        classifier.learn(id, tenant, trace, Label.ofFast(score, Origin.FEEDBACK, 1), NOW);
    }

    private static double difficulty(
            DifficultyClassifier classifier, String prompt, String tenant) {
        return scored(classifier, prompt, tenant).difficulty();
    }

    private static Scored scored(DifficultyClassifier classifier, String prompt, String tenant) {
        return judge(classifier, prompt, tenant) instanceof Scored scored
                ? scored
                : fail("no score");
    }

    private static Classification judge(
            DifficultyClassifier classifier, String prompt, String tenant) {
        return classifier.classify(Conversation.ofPrompt(prompt), tenant);
    }

    private static DifficultyClassifier classifier(Sharing sharing) {
        var settings = new MemorySettings(Optional.empty(), 10_000, HALF_LIFE, sharing);
        return new DifficultyClassifier(HEAD, KINDS, memory(settings));
    }

    private static OutcomeMemory memory(MemorySettings settings) {
        return OutcomeMemory.open(settings, NgramRarity::of, NOW);
    }
}
