package io.pointsman.classifier.memory;

import static io.pointsman.api.Label.Origin.FEEDBACK;
import static io.pointsman.api.Label.Origin.FILE;
import static io.pointsman.classifier.memory.OutcomeMemory.SHARED;
import static io.pointsman.classifier.memory.SketchFamilies.sketch;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pointsman.api.Label;
import io.pointsman.api.TaskType;
import io.pointsman.classifier.memory.MemorySettings.Sharing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OutcomeMemoryTest {

    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final Duration HALF_LIFE = Duration.ofDays(90);
    private static final Offset<Double> EXACTLY = within(1e-6);
    private static final Label GOOD = Label.ofFast(1, FEEDBACK, 1);
    private static final Label BAD = Label.ofFast(0, FEEDBACK, 1);

    static LongStream seeds() {
        return LongStream.range(0, 10);
    }

    @Test
    void knowsNothingAtFirst() {
        assertThat(memory(10).evidence("a", sketch(1, 2))).isEqualTo(Evidence.NONE);
    }

    @Test
    void tellsByHowMuchTheHeadErredOnAnEqualPrompt() {
        var memory = memory(10);

        memory.learn(
                "1", "a", trace(sketch(1, 2), 0.6f, 0.8f), Label.ofBoth(0.2, 0.9, FILE, 1), NOW);

        var evidence = memory.evidence("a", sketch(1, 2));
        assertThat(evidence.nearest()).isCloseTo(1, within(1e-6f));
        assertThat(evidence.mass()).isCloseTo(1, EXACTLY);
        assertThat(evidence.gap()).isCloseTo(0.5, EXACTLY);
        assertThat(evidence.reasonerMass()).isCloseTo(1, EXACTLY);
        assertThat(evidence.reasoner()).isCloseTo(0.1, EXACTLY);
    }

    @Test
    void countsLessWhatIsLessAlikeAndLessTrusted() {
        var memory = memory(10);

        memory.learn("1", "a", trace(sketch(1, 2, 3, 4)), Label.ofFast(1, FEEDBACK, 0.5), NOW);

        var evidence = memory.evidence("a", sketch(1, 2, 3, 5));
        assertThat(evidence.nearest()).isCloseTo(0.75f, within(1e-6f));
        assertThat(evidence.mass()).isCloseTo(0.75 * 0.75 * 0.5, EXACTLY);
        assertThat(fast(evidence)).isCloseTo(0.75 * 0.75 * 0.5 * 0.5, EXACTLY);
        assertThat(evidence.reasonerMass()).isZero();
    }

    @Test
    void looksAtTheNearestOnly() {
        var memory = memory(100);
        for (int i = 0; i < 50; i++) {
            memory.learn("far " + i, "a", trace(sketch(1, 1_000 + i)), BAD, NOW);
            memory.learn("near " + i, "a", trace(sketch(1, 2, 2_000 + i)), GOOD, NOW);
        }

        var evidence = memory.evidence("a", sketch(1, 2));

        assertThat(evidence.mass()).isCloseTo(OutcomeMemory.NEIGHBOURS * 2 / 3.0, within(1e-5));
        assertThat(fast(evidence)).isCloseTo(0.5 * evidence.mass(), EXACTLY);
    }

    @Test
    void averagesWhatNeighboursDisagreeOn() {
        var memory = memory(10);
        memory.learn("1", "a", trace(sketch(1, 2, 3)), GOOD, NOW);
        memory.learn("2", "a", trace(sketch(1, 2, 4)), BAD, NOW);

        var evidence = memory.evidence("a", sketch(1, 2));

        assertThat(evidence.gap()).isCloseTo(0, EXACTLY);
    }

    @Test
    void joinsLabelsOfOneOutcome() {
        var memory = memory(10);
        var trace = trace(sketch(1, 2));

        memory.learn("1", "a", trace, Label.ofFast(0.2, FEEDBACK, 1), NOW);
        var kept = memory.learn("1", "a", trace, Label.ofReasoner(0.9, FEEDBACK, 1), NOW);

        assertThat(kept.label()).isEqualTo(Label.ofBoth(0.2, 0.9, FEEDBACK, 1));
        assertThat(memory.outcomes()).containsExactly(kept);
        assertThat(memory.evidence("a", sketch(1, 2)).gap())
                .isCloseTo((0.9 - 0.9) - (0.2 - 0.5), EXACTLY);
    }

    @Test
    void replacesALabelThatComesAgain() {
        var memory = memory(10);
        var trace = trace(sketch(1, 2));
        for (int i = 0; i < 1_000; i++) {
            memory.learn("1", "a", trace, BAD, NOW);
        }

        memory.learn("1", "a", trace, GOOD, NOW);

        assertThat(memory.outcomes()).singleElement().matches(it -> it.label().equals(GOOD));
        assertThat(memory.evidence("a", sketch(1, 2)).mass()).isCloseTo(1, EXACTLY);
        assertThat(fast(memory.evidence("a", sketch(1, 2)))).isCloseTo(0.5, EXACTLY);
    }

    @Test
    void countsAPromptOnceHoweverOftenItIsLabelled() {
        var memory = memory(10);
        for (int i = 0; i < 1_000; i++) {
            memory.learn("" + i, "a", trace(sketch(1, 2)), BAD, NOW);
        }
        for (int i = 0; i < PromptLabels.MOST / 4; i++) {
            memory.learn("good " + i, "a", trace(sketch(1, 2)), GOOD, NOW);
        }

        var evidence = memory.evidence("a", sketch(1, 2));

        assertThat(memory.size()).isEqualTo(1);
        assertThat(memory.outcomes()).hasSize(PromptLabels.MOST);
        assertThat(evidence.mass()).isCloseTo(1, EXACTLY);
        assertThat(fast(evidence)).isCloseTo(0.25 - 0.5, EXACTLY);
    }

    @Test
    void putsTogetherWhatDifferentLabelsOfAPromptKnow() {
        var memory = memory(10);
        memory.learn("1", "a", trace(sketch(1, 2)), Label.ofFast(0, FEEDBACK, 1), NOW);
        memory.learn("2", "a", trace(sketch(1, 2)), Label.ofReasoner(1, FEEDBACK, 1), NOW);

        var evidence = memory.evidence("a", sketch(1, 2));

        assertThat(evidence.mass()).isCloseTo(1, EXACTLY);
        assertThat(evidence.gap()).isCloseTo((1 - 0.9) - (0 - 0.5), EXACTLY);
    }

    @Test
    void letsLabelsAge() {
        var memory = memory(10);
        memory.learn("1", "a", trace(sketch(1, 2)), GOOD, NOW);
        var fresh = memory.evidence("a", sketch(1, 2));

        memory.advance(NOW.plus(HALF_LIFE));
        var aged = memory.evidence("a", sketch(1, 2));
        memory.advance(NOW.plus(HALF_LIFE.multipliedBy(2)));
        var agedTwice = memory.evidence("a", sketch(1, 2));

        assertThat(aged.mass()).isCloseTo(fresh.mass() / 2, EXACTLY);
        assertThat(fast(aged)).isCloseTo(fast(fresh) / 2, EXACTLY);
        assertThat(agedTwice.mass()).isCloseTo(fresh.mass() / 4, EXACTLY);
    }

    @Test
    void believesTheNewerOfTwoLabelsMore() {
        var memory = memory(10);
        memory.learn("1", "a", trace(sketch(1, 2)), GOOD, NOW);
        memory.learn("2", "a", trace(sketch(1, 2)), BAD, NOW.plus(HALF_LIFE));
        memory.advance(NOW.plus(HALF_LIFE));

        var evidence = memory.evidence("a", sketch(1, 2));

        assertThat(evidence.mass()).isCloseTo(1, EXACTLY);
        assertThat(fast(evidence)).isCloseTo((0.5 * 1 + 1 * 0) / 1.5 - 0.5, EXACTLY);
    }

    @Test
    void doesNotCountALabelForMoreBecauseItsClockIsAhead() {
        var memory = memory(10);

        memory.learn("1", "a", trace(sketch(1, 2)), GOOD, NOW.plus(HALF_LIFE));

        assertThat(memory.evidence("a", sketch(1, 2)).mass()).isCloseTo(1, EXACTLY);
    }

    @Test
    void forgetsThePromptThatWasLabelledLongestAgo() {
        var memory = memory(2);
        memory.learn("1", "a", trace(sketch(1)), GOOD, NOW);
        memory.learn("2", "a", trace(sketch(2)), GOOD, NOW);
        memory.learn("1", "a", trace(sketch(1)), BAD, NOW);

        memory.learn("3", "a", trace(sketch(3)), GOOD, NOW);

        assertThat(memory.size()).isEqualTo(2);
        assertThat(memory.evidence("a", sketch(1)).mass()).isPositive();
        assertThat(memory.evidence("a", sketch(2)).mass()).isZero();
        assertThat(memory.evidence("a", sketch(3)).mass()).isPositive();
    }

    @Test
    void letsWhoHasMostGiveWay() {
        var memory = memory(4);
        memory.learn("1", "small", trace(sketch(1)), GOOD, NOW);
        for (int i = 2; i <= 4; i++) {
            memory.learn("" + i, "large", trace(sketch(i)), GOOD, NOW);
        }

        memory.learn("5", "small", trace(sketch(5)), GOOD, NOW);

        assertThat(memory.evidence("small", sketch(1)).mass()).isPositive();
        assertThat(memory.evidence("small", sketch(5)).mass()).isPositive();
        assertThat(memory.evidence("large", sketch(2)).mass()).isZero();
        assertThat(memory.evidence("large", sketch(3)).mass()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void keepsToItsBound(long seed) {
        var random = new Random(seed);
        for (var sharing : Sharing.values()) {
            var memory = memory(50, sharing);
            for (int i = 0; i < 2_000; i++) {
                var tenant = random.nextInt(10) == 0 ? SHARED : "tenant " + random.nextInt(8);
                int prompt = random.nextInt(200);
                memory.learn("" + random.nextInt(500), tenant, trace(sketch(prompt)), GOOD, NOW);

                assertThat(memory.size()).isLessThanOrEqualTo(50);
                assertThat(memory.evidence(tenant, sketch(prompt)).mass()).isPositive();
            }
            var prompts =
                    memory.outcomes().stream()
                            .map(it -> it.tenant() + it.trace().hash())
                            .distinct();
            assertThat(prompts).hasSize(memory.size());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void noBitDependsOnOtherTenantsLabels(long seed) {
        var families = new SketchFamilies(seed);
        var alone = memory(10_000);
        var among = memory(10_000);
        for (int i = 0; i < 600; i++) {
            var prompt = families.next();
            for (var memory : List.of(alone, among)) {
                memory.learn("" + i, i % 2 == 0 ? "a" : SHARED, trace(prompt), GOOD, NOW);
            }
            among.learn("" + i, "b", trace(prompt), BAD, NOW.plus(HALF_LIFE));
            among.learn("like " + i, "c", trace(families.like(prompt)), BAD, NOW);
        }

        for (int i = 0; i < 100; i++) {
            var query = families.next();
            assertThat(among.evidence("a", query)).isEqualTo(alone.evidence("a", query));
            assertThat(among.evidence("new", query)).isEqualTo(alone.evidence("new", query));
        }
    }

    @Test
    void countsSharedOutcomesForAll() {
        var memory = memory(10);
        memory.learn("1", SHARED, trace(sketch(1, 2)), GOOD, NOW);
        memory.learn("2", "a", trace(sketch(1, 2)), GOOD, NOW);

        assertThat(memory.evidence("a", sketch(1, 2)).mass()).isCloseTo(2, EXACTLY);
        assertThat(memory.evidence("b", sketch(1, 2)).mass()).isCloseTo(1, EXACTLY);
        assertThat(memory.evidence(SHARED, sketch(1, 2)).mass()).isCloseTo(1, EXACTLY);
    }

    @Test
    void countsOtherTenantsWhereAllShare() {
        var memory = memory(10, Sharing.ALL);
        memory.learn("1", SHARED, trace(sketch(1, 2)), GOOD, NOW);
        memory.learn("2", "a", trace(sketch(1, 2)), GOOD, NOW);
        memory.learn("3", "b", trace(sketch(1, 2)), GOOD, NOW);

        assertThat(memory.evidence("a", sketch(1, 2)).mass()).isCloseTo(3, EXACTLY);
        assertThat(memory.evidence("new", sketch(1, 2)).mass()).isCloseTo(3, EXACTLY);
    }

    /// An attacker who knows the prompts of another tenant labels them and their like as often as
    /// it wants: each sum moves by no more than one equal prompt would.
    @ParameterizedTest
    @MethodSource("seeds")
    void boundsWhatOneTenantDoesToAnotherWhereAllShare(long seed) {
        var families = new SketchFamilies(seed);
        var alone = memory(10_000, Sharing.ALL);
        var poisoned = memory(10_000, Sharing.ALL);
        var prompts = new ArrayList<Sketch>();
        for (int i = 0; i < 40; i++) {
            var prompt = families.next();
            prompts.add(prompt);
            var shared = families.like(prompt);
            for (var memory : List.of(alone, poisoned)) {
                memory.learn("" + i, "victim", trace(prompt), GOOD, NOW);
                memory.learn("" + i, SHARED, trace(shared), GOOD, NOW);
            }
            for (int j = 0; j < 50; j++) {
                poisoned.learn(i + " " + j, "attacker", trace(prompt), BAD, NOW);
                poisoned.learn(i + "like" + j, "attacker", trace(families.like(prompt)), BAD, NOW);
            }
        }

        for (var prompt : prompts) {
            var honest = alone.evidence("victim", prompt);
            var attacked = poisoned.evidence("victim", prompt);
            assertThat(attacked.mass() - honest.mass()).isBetween(0.9, 1 + 1e-6);
            assertThat(fast(honest) - fast(attacked)).isBetween(0.4, 1.0);
            assertThat(attacked.reasonerMass()).isEqualTo(honest.reasonerMass());
        }
    }

    @Test
    void readersSeeWholeOutcomesWhileOneLearns() throws Exception {
        var memory = memory(700, Sharing.ALL);
        var families = new SketchFamilies(1);
        var prompts = IntStream.range(0, 2_000).mapToObj(_ -> trace(families.next())).toList();
        var started = new CountDownLatch(2);
        var done = new CountDownLatch(1);
        try (var executor = Executors.newFixedThreadPool(2)) {
            var readers = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 2; i++) {
                var random = new Random(i);
                readers.add(executor.submit(() -> read(memory, prompts, random, started, done)));
            }
            assertThat(started.await(60, SECONDS)).isTrue();
            for (int i = 0; i < prompts.size(); i++) {
                var prompt = prompts.get(i);
                memory.learn("" + i, "tenant " + i % 3, prompt, GOOD, NOW);
                assertThat(memory.evidence("tenant " + i % 3, prompt.sketch()).nearest())
                        .isCloseTo(1, within(1e-5f));
            }
            done.countDown();
            for (var reader : readers) {
                assertThat(reader.get(60, SECONDS)).isPositive();
            }
        }
        assertThat(memory.size()).isEqualTo(700);
    }

    private static int read(
            OutcomeMemory memory,
            List<Trace> prompts,
            Random random,
            CountDownLatch started,
            CountDownLatch done) {
        int reads = 0;
        while (done.getCount() > 0) {
            var prompt = prompts.get(random.nextInt(prompts.size()));
            var evidence = memory.evidence("tenant " + random.nextInt(4), prompt.sketch());
            assertThat(evidence.mass()).isBetween(0.0, 2.0 * OutcomeMemory.NEIGHBOURS);
            assertThat(fast(evidence)).isCloseTo(0.5 * evidence.mass(), EXACTLY);
            reads++;
            started.countDown();
        }
        return reads;
    }

    /// By how much the fast model, which alone was asked, did better than expected: the reasoner is
    /// taken to have done so by a quarter of that.
    private static double fast(Evidence evidence) {
        return evidence.gap() / (0.25 - 1);
    }

    private static OutcomeMemory memory(int capacity) {
        return memory(capacity, Sharing.TENANT);
    }

    private static OutcomeMemory memory(int capacity, Sharing sharing) {
        return OutcomeMemory.open(
                new MemorySettings(Optional.empty(), capacity, HALF_LIFE, sharing), _ -> 1, NOW);
    }

    private static Trace trace(Sketch sketch) {
        return trace(sketch, 0.5f, 0.9f);
    }

    private static Trace trace(Sketch sketch, float expectedFast, float expectedReasoner) {
        return new Trace(
                sketch.hashCode(), sketch, expectedFast, expectedReasoner, false, TaskType.OTHER);
    }
}
