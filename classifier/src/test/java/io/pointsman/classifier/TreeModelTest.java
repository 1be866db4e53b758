package io.pointsman.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.classifier.features.Structure;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TreeModelTest {

    private static final byte WORDS = (byte) Structure.WORDS.index();
    private static final byte LINES = (byte) Structure.LINES.index();

    /// One constant, and one tree: words <= 10 ? (lines <= 2 ? 1 : 2) : 4.
    private static final TreeModel MODEL =
            new TreeModel(
                    new int[] {0, 1},
                    new byte[] {-1, WORDS, LINES, -1, -1, -1},
                    new float[] {0, 10, 2, 0, 0, 0},
                    new int[] {0, 2, 4, 0, 0, 0},
                    new float[] {0.5f, 2, 1.5f, 4, 1, 2});

    @ParameterizedTest
    @CsvSource({"10, 2, 1.5", "10, 3, 2.5", "11, 2, 4.5", "0, 0, 1.5"})
    void followsTheQuestionsDown(float words, float lines, double expected) {
        var structure = new float[Structure.COUNT];
        structure[WORDS] = words;
        structure[LINES] = lines;

        assertThat(MODEL.of(structure)).isEqualTo(expected);
    }

    /// Whether trees are small, so that none is walked, or large.
    @ParameterizedTest
    @MethodSource("seeds")
    void saysWhatAWalkDownEachTreeSays(long seed) {
        var random = new Random(seed);
        var model = grown(random, 1 + random.nextInt(seed % 3 == 0 ? 12 : 7));

        for (int i = 0; i < 200; i++) {
            var structure = new float[Structure.COUNT];
            for (int feature = 0; feature < structure.length; feature++) {
                structure[feature] = random.nextInt(5);
            }

            assertThat(model.of(structure)).isEqualTo(model.walked(structure));
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 30);
    }

    /// Twenty trees of up to `forks` forks, at thresholds that values meet exactly.
    private static TreeModel grown(Random random, int forks) {
        var roots = new int[20];
        int most = roots.length * (2 * forks + 1);
        var features = new byte[most];
        var thresholds = new float[most];
        var lefts = new int[most];
        var values = new float[most];
        int nodes = 0;
        for (int tree = 0; tree < roots.length; tree++) {
            roots[tree] = nodes;
            features[nodes++] = -1;
            for (int fork = random.nextInt(forks + 1); fork > 0; fork--) {
                int leaf = leaf(random, features, roots[tree], nodes);
                features[leaf] = (byte) random.nextInt(Structure.COUNT);
                thresholds[leaf] = random.nextInt(5);
                lefts[leaf] = nodes;
                features[nodes++] = -1;
                features[nodes++] = -1;
            }
        }
        for (int node = 0; node < nodes; node++) {
            values[node] = random.nextFloat() - 0.5f;
        }
        return new TreeModel(
                roots,
                Arrays.copyOf(features, nodes),
                Arrays.copyOf(thresholds, nodes),
                Arrays.copyOf(lefts, nodes),
                Arrays.copyOf(values, nodes));
    }

    private static int leaf(Random random, byte[] features, int from, int to) {
        int node = from + random.nextInt(to - from);
        while (features[node] >= 0) {
            node = from + random.nextInt(to - from);
        }
        return node;
    }

    @Test
    void refusesNodesThatLeadBackOrNowhere() {
        assertDamaged(new int[] {0}, new byte[] {WORDS, -1, -1}, new int[] {0, 0, 0});
        assertDamaged(new int[] {0}, new byte[] {WORDS, -1, -1}, new int[] {2, 0, 0});
        assertDamaged(new int[] {0}, new byte[] {127, -1, -1}, new int[] {1, 0, 0});
        assertDamaged(new int[] {3}, new byte[] {WORDS, -1, -1}, new int[] {1, 0, 0});
        assertDamaged(new int[] {-1}, new byte[] {WORDS, -1, -1}, new int[] {1, 0, 0});
    }

    private static void assertDamaged(int[] roots, byte[] features, int[] lefts) {
        assertThatThrownBy(() -> new TreeModel(roots, features, new float[3], lefts, new float[3]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
