package io.pointsman.serving.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
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
        var counts = counts(SamplingParameters.temperature(0.5, 42));

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
        assertThat(counts(SamplingParameters.temperature(1, 1).withCuts(2, 1, 0)))
                .startsWith(0)
                .endsWith(0);
        assertThat(drawn(SamplingParameters.temperature(1, 1).withCuts(2, 1, 0)))
                .containsExactly(1, 4);
        assertThat(drawn(SamplingParameters.temperature(1, 1).withCuts(3, 1, 0)))
                .containsExactly(1, 2, 4);
        assertThat(drawn(SamplingParameters.temperature(1, 1).withCuts(0, 0.01, 0)))
                .containsExactly(1);
        assertThat(drawn(SamplingParameters.temperature(1, 1).withCuts(0, 0.7, 0)))
                .containsExactly(1, 4);
        assertThat(drawn(SamplingParameters.temperature(1, 1).withCuts(99, 0.999, 0)))
                .containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void cutsDoNotSkewTheShares() {
        var counts = counts(SamplingParameters.temperature(1, 9).withCuts(3, 1, 0));

        double likely = Math.E * Math.E / (2 * Math.E * Math.E + Math.E);
        assertThat(counts[1] / 20_000.0).isCloseTo(likely, within(0.012));
        assertThat(counts[4] / 20_000.0).isCloseTo(likely, within(0.012));
    }

    @Test
    void repeatsItselfForTheSameSeedAndPosition() {
        var sampling = SamplingParameters.temperature(1, 7);

        var other = SamplingParameters.temperature(1, 8);
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
        var plan = plan(SamplingParameters.temperature(5, seed).withCuts(k, 1, 0));

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
    void biasesAndForbids() {
        var sampling = SamplingParameters.GREEDY;

        assertThat(sample(sampling.withLogitBias(Map.of(3, 3.5f)), 5)).isEqualTo(3);
        var forbidden = Map.of(1, Float.NEGATIVE_INFINITY, 4, Float.NEGATIVE_INFINITY);
        assertThat(sample(sampling.withLogitBias(forbidden), 5)).isEqualTo(2);
        assertThat(drawn(sampling.withTemperature(1).withLogitBias(forbidden)))
                .containsExactly(0, 2, 3);
    }

    @Test
    void penalizesWhatWasThere() {
        var none = SamplingParameters.GREEDY;

        // Token 1 was in the prompt, token 4 twice in the answer; both have logit 2.
        assertThat(penalized(none.withPenalties(1, 0, 0))).containsExactly(0, 2, 1, -1, 2);
        assertThat(penalized(none.withPenalties(2, 0, 0))).containsExactly(0, 1, 1, -1, 1);
        assertThat(penalized(none.withPenalties(1, 0.5, 0))).containsExactly(0, 2, 1, -1, 1.5f);
        assertThat(penalized(none.withPenalties(1, 0, 0.5))).containsExactly(0, 2, 1, -1, 1);
        assertThat(penalized(none.withPenalties(2, 1, 0.25))).containsExactly(0, 1, 1, -1, -0.5f);
    }

    /// The logits after penalties, found out by biasing each token until it wins.
    private static float[] penalized(SamplingParameters sampling) {
        var effective = new float[5];
        var sampler = new Sampler(LOGITS.length);
        for (int id = 0; id < 5; id++) {
            for (float bias = -4; bias < 8; bias += 0.125f) {
                var plan = new StepPlan(new RunnerLimits(16, 16, 16, 4, 4));
                plan.beginSequence(true, StepPlan.NOTHING, sampling);
                plan.setSeen(new int[] {1, 4}, new int[] {0, 2}, 2);
                var logits = LOGITS.clone();
                logits[5] = bias;
                for (int other = 0; other < 5; other++) {
                    logits[other] = other == id ? logits[other] : -30;
                }
                if (sampler.sample(logits, 0, plan, 0, 1) == 5) {
                    effective[id] = bias - 0.125f;
                    break;
                }
            }
        }
        return effective;
    }

    @Test
    void minPCutsWhatIsFarFromTheLikeliest() {
        var sampling = SamplingParameters.temperature(1, 3);

        assertThat(drawn(sampling.withCuts(0, 1, 0.9))).containsExactly(1, 4);
        assertThat(drawn(sampling.withCuts(0, 1, 0.3))).containsExactly(1, 2, 4);
        assertThat(drawn(sampling.withCuts(0, 1, 0.1))).containsExactly(0, 1, 2, 4);
        assertThat(drawn(sampling.withCuts(5, 0.99, 0.3))).containsExactly(1, 2, 4);
        assertThat(drawn(sampling.withCuts(0, 1, 1))).containsExactly(1, 4);
    }

    @Test
    void tellsHowLikelyTokensWere() {
        var logprobs = new Sampler(LOGITS.length).logprobs(LOGITS, 0, 3, 2);

        double total = 0;
        for (float logit : LOGITS) {
            total += Math.exp(logit);
        }
        assertThat(logprobs.chosen()).isCloseTo((float) (-1 - Math.log(total)), within(1e-6f));
        assertThat(logprobs.topIds()).containsExactly(1, 4);
        assertThat(logprobs.top()[1]).isCloseTo((float) (2 - Math.log(total)), within(1e-6f));
    }

    @Test
    void refusesParametersThatMeanNothing() {
        assertRefused(() -> SamplingParameters.GREEDY.withPenalties(0, 0, 0));
        assertRefused(() -> SamplingParameters.GREEDY.withPenalties(1, Double.NaN, 0));
        assertRefused(() -> SamplingParameters.GREEDY.withCuts(0, 1, 1.5));
        assertRefused(() -> SamplingParameters.GREEDY.withLogitBias(Map.of(1, Float.NaN)));
        assertRefused(() -> SamplingParameters.temperature(-1, 0));
        assertRefused(() -> SamplingParameters.temperature(Double.NaN, 0));
        assertRefused(() -> SamplingParameters.temperature(1, 0).withCuts(-1, 1, 0));
        assertRefused(() -> SamplingParameters.temperature(1, 0).withCuts(0, 0, 0));
        assertRefused(() -> SamplingParameters.temperature(1, 0).withCuts(0, 1.5, 0));
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
