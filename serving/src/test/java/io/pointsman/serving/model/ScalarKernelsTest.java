package io.pointsman.serving.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufWriter;
import io.pointsman.serving.gguf.TensorType;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalarKernelsTest {

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "8, 8, 3", "9, 5, 4", "13, 300, 5", "128, 31, 9", "384, 64, 1"})
    void multipliesMatricesOfAnyShape(int inputs, int outputs, int tokens) {
        var random = new Random(inputs);
        var weights = random(random, inputs * outputs);
        var in = random(random, inputs * tokens);
        var file =
                Gguf.of(
                        new GgufWriter()
                                .tensor("w", TensorType.F32, inputs, outputs, weights)
                                .bytes());
        var out = new float[outputs * tokens];

        new ScalarKernels().multiply(Matrix.of(file.tensor("w", inputs, outputs)), in, tokens, out);

        for (int t = 0; t < tokens; t++) {
            for (int i = 0; i < outputs; i++) {
                double expected = 0;
                for (int j = 0; j < inputs; j++) {
                    expected += (double) weights[i * inputs + j] * in[t * inputs + j];
                }
                assertThat((double) out[t * outputs + i]).isCloseTo(expected, within(1e-4));
            }
        }
    }

    @Test
    void exponentialIsExactToAMillionth() {
        for (float x = -86; x < 87; x += 0.01f) {
            assertThat(ScalarKernels.exp(x) / Math.exp(x)).isCloseTo(1, within(5e-7));
        }
        assertThat(ScalarKernels.exp(-1000)).isZero();
        assertThat(ScalarKernels.exp(Float.NEGATIVE_INFINITY)).isZero();
        assertThat(ScalarKernels.exp(1000)).isInfinite();
        assertThat(ScalarKernels.exp(Float.NaN)).isNaN();
        assertThat(ScalarKernels.exp(0)).isEqualTo(1);
    }

    private static float[] random(Random random, int count) {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
