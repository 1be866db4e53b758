package io.pointsman.serving.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.serving.Resources;
import io.pointsman.serving.TinyModel;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares logits with llama.cpp's on the same file, and with a forward pass in double precision
/// written without regard to speed.
class LogitsTest {

    private static final int[] IDS = {1, 5, 9, 77, 301, 12, 400, 33, 8, 8, 250, 511};

    @ParameterizedTest
    @ValueSource(strings = {"nv-qwen2", "nv-llama3"})
    void agreeWithLlamaCppTokenByToken(String name) {
        var expected = reference(name);
        var runner = Steps.runner(model(name), 4);
        var steps = new Steps(runner, 3);

        for (int i = 0; i < IDS.length; i++) {
            steps.add(SamplingParameters.GREEDY, IDS[i]);

            assertClose(runner.logits(), 512, expected, 512 * i, 1e-4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nv-qwen2", "nv-llama3"})
    void agreeWithLlamaCppForPromptsOfEveryLength(String name) {
        var expected = reference(name);

        for (int length = 1; length <= IDS.length; length++) {
            var runner = Steps.runner(model(name), 5);
            new Steps(runner, 0).add(SamplingParameters.GREEDY, Arrays.copyOf(IDS, length));

            assertClose(runner.logits(), 512, expected, 512 * (length - 1), 1e-4);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "qwen2, F16, true",
        "qwen2, F16, false",
        "qwen2, Q8_0, false",
        "llama, F16, true",
        "llama, Q8_0, true",
        "llama, F32, false"
    })
    void agreeWithExactMathsOnTheStoredWeights(String architecture, TensorType type, boolean tied) {
        var file = TinyModel.of(architecture, type, tied, 11);
        var expected = new ExactModel(file, architecture).logits(ids());
        var runner = Steps.runner(file, 16);

        new Steps(runner, 0).add(SamplingParameters.GREEDY, ids());

        for (int i = 0; i < TinyModel.VOCABULARY; i++) {
            assertThat((double) runner.logits()[i]).isCloseTo(expected[i], within(1e-3));
        }
    }

    private static int[] ids() {
        return Arrays.stream(IDS).map(id -> id % TinyModel.VOCABULARY).toArray();
    }

    private static void assertClose(
            float[] actual, int count, float[] expected, int offset, double most) {
        for (int i = 0; i < count; i++) {
            assertThat((double) actual[i]).isCloseTo(expected[offset + i], within(most));
        }
    }

    private static Offset<Double> within(double most) {
        return Offset.offset(most);
    }

    private static Gguf model(String name) {
        return Gguf.of(Resources.bytes("engine/" + name + ".gguf"));
    }

    private static float[] reference(String name) {
        var bytes = Resources.bytes("engine/" + name + ".f32");
        var floats = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }
}
