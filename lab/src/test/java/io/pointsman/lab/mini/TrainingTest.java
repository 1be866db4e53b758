package io.pointsman.lab.mini;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainingTest {
    private static final int STEPS = 120;

    private final Vocabulary vocabulary = VocabularyTest.tiny();
    @TempDir private Path folder;

    @Test
    void losesLessAndLess() {
        var losses = new ArrayList<Float>();
        try (var root = NDManager.newBaseManager();
                var model = model(root);
                var training = new Training(model, STEPS)) {
            for (var step = 0; step < STEPS; step++) {
                losses.add(training.step(batch(step)));
            }
        }

        assertThat(mean(losses.subList(STEPS - 10, STEPS)))
                .isLessThan(0.8 * mean(losses.subList(0, 10)));
    }

    @Test
    void resumesToTheBit() {
        var checkpoint = folder.resolve("run.checkpoint");
        Map<String, float[]> straight;
        try (var root = NDManager.newBaseManager();
                var model = model(root);
                var training = new Training(model, STEPS)) {
            for (var step = 0; step < 12; step++) {
                if (step == 6) {
                    Checkpoint.write(checkpoint, training);
                }
                training.step(batch(step));
            }
            straight = weights(model);
        }

        try (var root = NDManager.newBaseManager();
                var model = model(root);
                var training = new Training(model, STEPS)) {
            Checkpoint.resume(checkpoint, training);
            for (var step = training.done(); step < 12; step++) {
                training.step(batch(step));
            }

            assertThat(weights(model))
                    .allSatisfy((name, values) -> assertThat(values).isEqualTo(straight.get(name)));
        }
    }

    @Test
    void decodesTheSameInABatchAsWithoutKeptKeys() {
        try (var root = NDManager.newBaseManager();
                var model = model(root)) {
            var prompts =
                    List.of(
                            Example.given("What is 7 + 5?", Kind.FAST, vocabulary),
                            Example.given("Hello", Kind.FAST, vocabulary));

            var together = new GreedyDecoder(model, vocabulary.end(), 8).continuations(prompts, 6);

            assertThat(together.get(0)).isEqualTo(stepByStep(model, prompts.get(0), 6));
            assertThat(together.get(1)).isEqualTo(stepByStep(model, prompts.get(1), 6));
        }
    }

    @Test
    void seesOnlyItsOwnExample() {
        var alone = new Packer(1, 64, vocabulary.end());
        var second = Example.of(problem(2), Kind.FAST, vocabulary);
        alone.add(second);
        var packed = new Packer(1, 64, vocabulary.end());
        var first = Example.of(problem(1), Kind.FAST, vocabulary);
        packed.add(first);
        packed.add(second);
        var start = first.length() - 1;

        var mask = packed.pack().mask();

        assertThat(Arrays.copyOfRange(mask, start * 64, start * 64 + start)).containsOnly(-1e9f);
        assertThat(mask[start * 64 + start]).isZero();
        assertThat(mask[start * 64 + start + 1]).isEqualTo(-1e9f);
    }

    private int[] stepByStep(Transformer model, int[] prompt, int limit) {
        var written = new ArrayList<Integer>();
        var ids = prompt;
        while (written.size() < limit) {
            var next = new GreedyDecoder(model, vocabulary.end(), 1).continuations(List.of(ids), 1);
            if (next.getFirst().length == 0) {
                break;
            }
            written.add(next.getFirst()[0]);
            ids = Arrays.copyOf(ids, ids.length + 1);
            ids[ids.length - 1] = next.getFirst()[0];
        }
        return written.stream().mapToInt(Integer::intValue).toArray();
    }

    private Batch batch(int step) {
        var random = new SplittableRandom(step);
        var packer = new Packer(4, 64, vocabulary.end());
        while (packer.add(
                Example.of(Problems.draw(Task.TABLE, false, random), Kind.FAST, vocabulary))) {}
        return packer.pack();
    }

    private static Problem problem(long seed) {
        return Problems.draw(Task.SUM, false, new SplittableRandom(seed));
    }

    private Transformer model(NDManager root) {
        return new Transformer(tiny(vocabulary), root, new SplittableRandom(9));
    }

    static Dimensions tiny(Vocabulary vocabulary) {
        return new Dimensions(vocabulary.size(), 64, 2, 32, 2, 1, 16, 64);
    }

    private static Map<String, float[]> weights(Transformer model) {
        var weights = new LinkedHashMap<String, float[]>();
        model.weights().forEach((name, weight) -> weights.put(name, weight.toFloatArray()));
        return weights;
    }

    private static double mean(List<Float> values) {
        return values.stream().mapToDouble(Float::doubleValue).average().orElseThrow();
    }
}
