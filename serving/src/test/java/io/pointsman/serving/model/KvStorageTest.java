package io.pointsman.serving.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.serving.BundledModels;
import io.pointsman.serving.LanguageModel;
import io.pointsman.serving.chat.Conversation;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What cheaper storage of keys and values costs in answers of the bundled models, and what it
/// saves.
class KvStorageTest {

    private static final int PROBLEMS = 60;
    private static final int MAX_TOKENS = 80;

    @ParameterizedTest
    @CsvSource({"fast, F16, 57", "reasoner, F16, 57", "fast, Q8, 54", "reasoner, Q8, 54"})
    void greedyAnswersHardlyDependOnIt(String name, KvStorage storage, int least) {
        var model = name.equals("fast") ? BundledModels.fast() : BundledModels.reasoner();

        var exact = answers(model, KvStorage.F32);
        var cheap = answers(model, storage);

        int same = 0;
        for (int i = 0; i < PROBLEMS; i++) {
            same += exact.get(i).equals(cheap.get(i)) ? 1 : 0;
        }
        assertThat(same)
                .as("of %d answers with %s", PROBLEMS, storage)
                .isGreaterThanOrEqualTo(least);
    }

    @Test
    void cheaperStorageTakesLessMemoryForAsManyBlocks() {
        long f32 = allocated(KvStorage.F32);
        long f16 = allocated(KvStorage.F16);
        long q8 = allocated(KvStorage.Q8);

        assertThat((double) f16 / f32).isBetween(0.49, 0.52);
        assertThat((double) q8 / f32).isBetween(0.25, 0.29);
    }

    /// Bytes that 512 blocks take.
    private static long allocated(KvStorage storage) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        var layout = new KvLayout(storage, 4, 16, 2, 64);
        long before = threads.getCurrentThreadAllocatedBytes();
        var cache = new KvCache(layout, 512);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(cache.stride()).isZero();
        assertThat(bytes).isBetween(512 * layout.blockBytes(), 512 * layout.blockBytes() + 20_000);
        return bytes;
    }

    private static List<List<Integer>> answers(LanguageModel model, KvStorage storage) {
        var random = new Random(11);
        var runner = CpuModelRunner.load(model.file(), storage, 16, 256, 1);
        runner.allocate(32 << 20);
        var answers = new ArrayList<List<Integer>>();
        for (int i = 0; i < PROBLEMS; i++) {
            int a = random.nextInt(1000);
            int b = random.nextInt(100);
            var question =
                    switch (i % 3) {
                        case 0 -> "What is %d + %d?".formatted(a, b);
                        case 1 -> "Compute %d * %d.".formatted(a % 10, b % 10);
                        default -> "Tom has %d apples and buys %d more. How many?".formatted(a, b);
                    };
            var prompt =
                    model.chatFormat()
                            .render(
                                    Conversation.of(
                                            List.of(Map.of("role", "user", "content", question))));
            answers.add(answer(model, runner, prompt.toArray()));
        }
        return answers;
    }

    private static List<Integer> answer(LanguageModel model, CpuModelRunner runner, int[] prompt) {
        var steps = new Steps(runner, 0);
        var answer = new ArrayList<Integer>();
        int next = steps.add(SamplingParameters.GREEDY, prompt);
        while (answer.size() < MAX_TOKENS && !model.tokenizer().endsGeneration(next)) {
            answer.add(next);
            next = steps.add(SamplingParameters.GREEDY, next);
        }
        return answer;
    }
}
