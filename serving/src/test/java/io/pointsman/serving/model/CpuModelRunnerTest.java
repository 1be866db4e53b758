package io.pointsman.serving.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.serving.TinyModel;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufException;
import io.pointsman.serving.gguf.GgufWriter;
import io.pointsman.serving.gguf.TensorType;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CpuModelRunnerTest {

    @ParameterizedTest
    @MethodSource("seeds")
    void chunksDoNotChangeWhatIsGenerated(long seed) {
        var file = TinyModel.of(seed % 2 == 0 ? "qwen2" : "llama", TensorType.F16, true, seed);
        var prompt = prompt(new Random(seed), 37);
        var sampling =
                seed % 3 == 0
                        ? SamplingParameters.GREEDY
                        : SamplingParameters.GREEDY
                                .withTemperature(0.8)
                                .withCuts(20, 0.9, 0)
                                .withSeed(seed);

        for (var storage : KvStorage.values()) {
            var whole =
                    new Steps(Steps.runner(file, storage, 16), 0)
                            .generate(prompt, 64, sampling, 30);

            for (int chunk : new int[] {1, 2, 7, 16}) {
                var steps = new Steps(Steps.runner(file, storage, 1 + chunk), 5);
                assertThat(steps.generate(prompt, chunk, sampling, 30)).isEqualTo(whole);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seedsAndStorages")
    void neighboursDoNotChangeLogitsByOneBit(long seed, KvStorage storage) {
        var random = new Random(seed);
        var file = TinyModel.of("qwen2", TensorType.F32, false, seed);
        var prompts = new int[5][];
        Arrays.setAll(prompts, i -> prompt(random, 1 + random.nextInt(12)));
        var together = Steps.runner(file, storage, 4);
        var plan = new StepPlan(together.limits());
        for (int i = 0; i < prompts.length; i++) {
            new Steps(together, 4 * i).addTo(plan, SamplingParameters.GREEDY, prompts[i]);
        }

        together.submit(plan).await();

        int size = TinyModel.VOCABULARY;
        for (int i = 0; i < prompts.length; i++) {
            var alone = Steps.runner(file, storage, 16);
            new Steps(alone, 0).add(SamplingParameters.GREEDY, prompts[i]);
            assertThat(Arrays.copyOfRange(together.logits(), i * size, (i + 1) * size))
                    .isEqualTo(Arrays.copyOf(alone.logits(), size));
        }
    }

    @Test
    void goesOnFromWhatTheLastStepSampled() {
        var file = TinyModel.of("qwen2", TensorType.F16, true, 3);
        var plain = new Steps(Steps.runner(file, 16), 0);
        int first = plain.add(SamplingParameters.GREEDY, 1, 2, 3);
        int second = plain.add(SamplingParameters.GREEDY, first);

        var deferred = new Steps(Steps.runner(file, 16), 0);
        deferred.add(SamplingParameters.GREEDY, 1, 2, 3);

        assertThat(deferred.add(SamplingParameters.GREEDY, StepPlan.sampledInLastStep(0)))
                .isEqualTo(second);
    }

    @Test
    void takesForcedIdsAndSkipsRowsThatDoNotSample() {
        var runner = Steps.runner(TinyModel.of("llama", TensorType.F16, true, 3), 16);
        var plan = new StepPlan(runner.limits());
        plan.beginSequence(true, 42, SamplingParameters.GREEDY);
        plan.setBlock(0, 0);
        plan.addToken(1, 0, 0);
        plan.beginSequence(false, StepPlan.NOTHING, SamplingParameters.GREEDY);
        plan.setBlock(0, 1);
        plan.addToken(1, 0, 16);

        var sampled = runner.submit(plan).await();

        assertThat(sampled[0]).isEqualTo(42);
        assertThat(sampled[1]).isEqualTo(StepPlan.NOTHING);
    }

    @ParameterizedTest
    @EnumSource
    void goesOnInCopiedBlocks(KvStorage storage) {
        var runner = Steps.runner(TinyModel.of("qwen2", TensorType.F16, true, 3), storage, 4);
        var original = new Steps(runner, 0);
        original.add(SamplingParameters.GREEDY, 1, 2, 3, 4, 5, 6);
        var copy = new Steps(runner, 8);
        copy.add(SamplingParameters.GREEDY, 6, 5, 4, 3, 2, 1);

        runner.copyBlocks(new int[] {0, 1}, new int[] {8, 9}, 2);

        original.add(SamplingParameters.GREEDY, 9);
        var logits = runner.logits().clone();
        copy.add(SamplingParameters.GREEDY, 9);
        assertThat(runner.logits()).isEqualTo(logits);
    }

    @Test
    void allocatesWholeBlocksOnce() {
        var runner =
                CpuModelRunner.load(
                        TinyModel.of("qwen2", TensorType.F16, true, 3), KvStorage.F32, 16, 64, 8);
        int blockBytes = 2 * 4 * 2 * 16 * 32;

        assertThat(runner.allocate(3 * blockBytes + blockBytes - 1)).isEqualTo(3);
        assertThatThrownBy(() -> runner.allocate(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void saysWhatTheFileLacks() {
        assertRefused(new GgufWriter(), "general.architecture");
        assertRefused(new GgufWriter().put("general.architecture", "mamba"), "'mamba'");
        assertRefused(
                new GgufWriter()
                        .put("general.architecture", "llama")
                        .put("llama.embedding_length", 64)
                        .put("llama.attention.head_count", 0),
                "attention.head_count is 0");
        assertRefused(
                new GgufWriter()
                        .put("general.architecture", "llama")
                        .put("llama.embedding_length", 64)
                        .put("llama.attention.head_count", 4),
                "no tensor token_embd.weight");
    }

    static Stream<Arguments> seedsAndStorages() {
        return seeds().boxed()
                .flatMap(seed ->
                        Arrays.stream(KvStorage.values())
                                .map(storage -> Arguments.of(seed, storage)));
    }

    static LongStream seeds() {
        return LongStream.range(0, 8);
    }

    private static void assertRefused(GgufWriter writer, String message) {
        var file = Gguf.of(writer.bytes());
        assertThatThrownBy(() -> CpuModelRunner.load(file, KvStorage.F32, 16, 64, 8))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining(message);
    }

    private static int[] prompt(Random random, int length) {
        return random.ints(length, 0, TinyModel.VOCABULARY).toArray();
    }
}
