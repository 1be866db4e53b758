package io.pointsman.serving.model;

import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A model's weights, unpacked to floats except for the embeddings, whose rows are decoded when
/// they are needed. Immutable.
///
/// @param frequencyFactors what each rotary frequency is divided by, if the file says so
record Weights(
        Tensor embeddings,
        List<Layer> layers,
        float[] outputNorm,
        Matrix output,
        float @Nullable [] frequencyFactors) {

    /// One block of the transformer.
    record Layer(
            float[] attentionNorm,
            Projection query,
            Projection key,
            Projection value,
            Projection attentionOutput,
            float[] feedForwardNorm,
            Matrix gate,
            Matrix up,
            Matrix down) {}

    /// A matrix and what is added behind it.
    record Projection(Matrix matrix, float @Nullable [] bias) {}

    static Weights from(Gguf file, ModelConfig config) {
        int width = config.width();
        var embeddings = file.tensor("token_embd.weight", width, config.vocabularySize());
        var output = file.tensor("output.weight").isPresent() ? "output.weight" : embeddings.name();
        var layers = new ArrayList<Layer>();
        for (int i = 0; i < config.layers(); i++) {
            layers.add(layer(file, config, "blk." + i + "."));
        }
        return new Weights(
                embeddings,
                List.copyOf(layers),
                file.tensor("output_norm.weight", width, 1).decode(),
                Matrix.of(file.tensor(output, width, config.vocabularySize())),
                file.tensor("rope_freqs.weight").isEmpty()
                        ? null
                        : file.tensor("rope_freqs.weight", config.ropeSize() / 2, 1).decode());
    }

    private static Layer layer(Gguf file, ModelConfig config, String prefix) {
        int width = config.width();
        int hidden = config.feedForward();
        return new Layer(
                file.tensor(prefix + "attn_norm.weight", width, 1).decode(),
                projection(file, prefix + "attn_q", width, config.queryWidth()),
                projection(file, prefix + "attn_k", width, config.kvWidth()),
                projection(file, prefix + "attn_v", width, config.kvWidth()),
                projection(file, prefix + "attn_output", config.queryWidth(), width),
                file.tensor(prefix + "ffn_norm.weight", width, 1).decode(),
                Matrix.of(file.tensor(prefix + "ffn_gate.weight", width, hidden)),
                Matrix.of(file.tensor(prefix + "ffn_up.weight", width, hidden)),
                Matrix.of(file.tensor(prefix + "ffn_down.weight", hidden, width)));
    }

    private static Projection projection(Gguf file, String name, int inputs, int outputs) {
        return new Projection(
                Matrix.of(file.tensor(name + ".weight", inputs, outputs)),
                file.tensor(name + ".bias").isEmpty()
                        ? null
                        : file.tensor(name + ".bias", outputs, 1).decode());
    }
}
