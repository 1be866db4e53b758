package io.pointsman.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.classifier.features.Structure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
