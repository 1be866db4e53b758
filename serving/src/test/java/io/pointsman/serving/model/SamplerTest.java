package io.pointsman.serving.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SamplerTest {

    private static final float[] LOGITS = {0, 2, 1, -1, 2, Float.NEGATIVE_INFINITY};

    @Test
    void takesTheFirstOfTheLikeliestWhenGreedy() {
        assertThat(sample(SamplingParameters.GREEDY, 5)).isEqualTo(1);
    }

    @Test
    void drawsInProportion() {
        var counts =
                counts(
                        SamplingParameters.GREEDY
                                .withTemperature(0.5)
                                .withCuts(0, 1, 0)
                                .withSeed(42));

        double total = 0;
        for (float logit : LOGITS) {
            total += Math.exp(logit / 0.5);
        }
        for (int i = 0; i < LOGITS.length; i++) {
            double share = Math.exp(LOGITS[i] / 0.5) / total;
            assertThat(counts[i] / 20_000.0).isCloseTo(share, within(0.01));
        }
    }

    @Test
    void drawsFromTheLikeliestOnly() {
        assertThat(
                        counts(
                                SamplingParameters.GREEDY
                                        .withTemperature(1)
                                        .withCuts(2, 1, 0)
                                        .withSeed(1)))
                .startsWith(0)
                .endsWith(0);
        assertThat(
                        drawn(
                                SamplingParameters.GREEDY
                                        .withTemperature(1)
                                        .withCuts(2, 1, 0)
                                        .withSeed(1)))
                .containsExactly(1, 4);
        assertThat(
                        drawn(
                                SamplingParameters.GREEDY
                                        .withTemperature(1)
                                        .withCuts(3, 1, 0)
                                        .withSeed(1)))
                .containsExactly(1, 2, 4);
        assertThat(
                        drawn(
                                SamplingParameters.GREEDY
                                        .withTemperature(1)
                                        .withCuts(0, 0.01, 0)
                                        .withSeed(1)))
                .containsExactly(1);
        assertThat(
                        drawn(
                                SamplingParameters.GREEDY
                                        .withTemperature(1)
                                        .withCuts(0, 0.7, 0)
                                        .withSeed(1)))
                .containsExactly(1, 4);
        assertThat(
                        drawn(
                                SamplingParameters.GREEDY
                                        .withTemperature(1)
                                        .withCuts(99, 0.999, 0)
                                        .withSeed(1)))
                .containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void cutsDoNotSkewTheShares() {
        var counts =
                counts(SamplingParameters.GREEDY.withTemperature(1).withCuts(3, 1, 0).withSeed(9));

        double likely = Math.E * Math.E / (2 * Math.E * Math.E + Math.E);
        assertThat(counts[1] / 20_000.0).isCloseTo(likely, within(0.012));
        assertThat(counts[4] / 20_000.0).isCloseTo(likely, within(0.012));
    }

    @Test
    void repeatsItselfForTheSameSeedAndPosition() {
        var sampling = SamplingParameters.GREEDY.withTemperature(1).withCuts(0, 1, 0).withSeed(7);

        var other = SamplingParameters.GREEDY.withTemperature(1).withCuts(0, 1, 0).withSeed(8);
        int differing = 0;
        for (int position = 0; position < 100; position++) {
            assertThat(sample(sampling, position)).isEqualTo(sample(sampling, position));
            differing += sample(sampling, position) == sample(other, position) ? 0 : 1;
        }
        assertThat(differing).isGreaterThan(20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void topKIsTheKLargest(long seed) {
        var random = new Random(seed);
        var logits = new float[500];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextGaussian() * 20;
        }
        int k = 1 + random.nextInt(20);
        var sampler = new Sampler(logits.length);
        var plan =
                plan(SamplingParameters.GREEDY.withTemperature(5).withCuts(k, 1, 0).withSeed(seed));

        for (int position = 0; position < 200; position++) {
            int id = sampler.sample(logits, 0, plan, 0, position);
            int better = 0;
            for (float logit : logits) {
                better += logit > logits[id] ? 1 : 0;
            }
            assertThat(better).isLessThan(k);
        }
    }

    @Test
    void refusesParametersThatMeanNothing() {
        assertRefused(
                () -> SamplingParameters.GREEDY.withTemperature(-1).withCuts(0, 1, 0).withSeed(0));
        assertRefused(() ->
                SamplingParameters.GREEDY
                        .withTemperature(Double.NaN)
                        .withCuts(0, 1, 0)
                        .withSeed(0));
        assertRefused(
                () -> SamplingParameters.GREEDY.withTemperature(1).withCuts(-1, 1, 0).withSeed(0));
        assertRefused(
                () -> SamplingParameters.GREEDY.withTemperature(1).withCuts(0, 0, 0).withSeed(0));
        assertRefused(
                () -> SamplingParameters.GREEDY.withTemperature(1).withCuts(0, 1.5, 0).withSeed(0));
    }

    static LongStream seeds() {
        return LongStream.range(0, 10);
    }

    private static void assertRefused(Runnable runnable) {
        assertThatThrownBy(runnable::run).isInstanceOf(IllegalArgumentException.class);
    }

    private static int[] drawn(SamplingParameters sampling) {
        var counts = counts(sampling);
        return IntStream.range(0, counts.length).filter(i -> counts[i] > 0).toArray();
    }

    private static int[] counts(SamplingParameters sampling) {
        var counts = new int[LOGITS.length];
        var sampler = new Sampler(LOGITS.length);
        var plan = plan(sampling);
        for (int position = 0; position < 20_000; position++) {
            counts[sampler.sample(LOGITS, 0, plan, 0, position)]++;
        }
        return counts;
    }

    private static int sample(SamplingParameters sampling, int position) {
        return new Sampler(LOGITS.length).sample(LOGITS, 0, plan(sampling), 0, position);
    }

    private static StepPlan plan(SamplingParameters sampling) {
        var plan = new StepPlan(new RunnerLimits(16, 16, 16, 4, 4));
        plan.beginSequence(true, StepPlan.NOTHING, sampling);
        return plan;
    }
}
