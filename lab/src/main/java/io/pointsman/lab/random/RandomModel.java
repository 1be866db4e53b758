package io.pointsman.lab.random;

import io.pointsman.lab.gguf.GgufFile;
import io.pointsman.lab.gguf.Storage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/// A model whose weights are random but for their spread, which keeps the residual stream and the
/// logits in the range of a trained model's; immutable. The same shape, storage and seed give the
/// same file. It writes letters and never ends by itself: what is not text has rows of zeros in the
/// output matrix, so that it is never the likeliest.
///
/// @param storage of the matrices; vectors are F32
record RandomModel(String name, Shape shape, Storage storage, long seed) {

    private static final String TEMPLATE =
            "{%- for message in messages -%}"
                    + "{%- if message['role'] == 'user' -%}"
                    + "{{- '<user>' + message['content'] -}}"
                    + "{%- elif message['role'] == 'assistant' -%}"
                    + "{{- '<asst>' + message['content'].split('</think>')[-1] + '<eos>' -}}"
                    + "{%- endif -%}"
                    + "{%- endfor -%}"
                    + "{%- if add_generation_prompt -%}{{- '<asst><think>' -}}{%- endif -%}";

    /// How far the logits of a token are from one another, as their standard deviation.
    private static final double LOGITS = 3;

    /// Writes the file, row by row.
    ///
    /// @param progress is told now and then which part is written, in [0, 1]
    void write(Path file, LongConsumer progress) {
        var vocabulary = SyntheticVocabulary.of(shape.firstControl(), shape.vocabulary());
        var gguf = metadata(vocabulary);
        embeddings(gguf, "token_embd.weight", vocabulary);
        if (!shape.tied()) {
            embeddings(gguf, "output.weight", vocabulary);
        }
        ones(gguf, "output_norm.weight", shape.width());
        if (shape.longRope()) {
            var factors = frequencyFactors();
            gguf.tensor("rope_freqs.weight", 1, factors.length, factors);
        }
        for (int layer = 0; layer < shape.layers(); layer++) {
            layer(gguf, "blk." + layer + ".");
        }
        long all = gguf.tensorBytes();
        gguf.write(file, done -> progress.accept(100 * done / all));
    }

    private GgufFile metadata(SyntheticVocabulary vocabulary) {
        var prefix = shape.architecture() + ".";
        var qwen = shape.architecture().equals("qwen2");
        return new GgufFile()
                .text("general.architecture", shape.architecture())
                .text("general.name", "Random " + name)
                .number("general.file_type", storage.fileType())
                .number(prefix + "block_count", shape.layers())
                .number(prefix + "context_length", shape.context())
                .number(prefix + "embedding_length", shape.width())
                .number(prefix + "feed_forward_length", shape.feedForward())
                .number(prefix + "attention.head_count", shape.heads())
                .number(prefix + "attention.head_count_kv", shape.kvHeads())
                .number(prefix + "rope.dimension_count", shape.headSize())
                .number(prefix + "vocab_size", shape.vocabulary())
                .real(prefix + "attention.layer_norm_rms_epsilon", shape.normEpsilon())
                .real(prefix + "rope.freq_base", shape.ropeBase())
                .text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", qwen ? "qwen2" : "llama-bpe")
                .texts("tokenizer.ggml.tokens", vocabulary.tokens())
                .numbers("tokenizer.ggml.token_type", vocabulary.types())
                .texts("tokenizer.ggml.merges", vocabulary.merges())
                .number("tokenizer.ggml.bos_token_id", vocabulary.control("<bos>"))
                .number("tokenizer.ggml.eos_token_id", vocabulary.control("<eos>"))
                .number("tokenizer.ggml.padding_token_id", vocabulary.control("<eos>"))
                .flag("tokenizer.ggml.add_bos_token", false)
                .text("tokenizer.chat_template", TEMPLATE);
    }

    private void layer(GgufFile gguf, String prefix) {
        int width = shape.width();
        int queries = shape.heads() * shape.headSize();
        int keys = shape.kvHeads() * shape.headSize();
        // What the layers add to the stream has a variance of about one in all.
        double added = 1 / Math.sqrt(2.0 * shape.layers());
        ones(gguf, prefix + "attn_norm.weight", width);
        matrix(gguf, prefix + "attn_q.weight", queries, width, 1);
        matrix(gguf, prefix + "attn_k.weight", keys, width, 1);
        matrix(gguf, prefix + "attn_v.weight", keys, width, 1);
        if (shape.architecture().equals("qwen2")) {
            bias(gguf, prefix + "attn_q.bias", queries);
            bias(gguf, prefix + "attn_k.bias", keys);
            bias(gguf, prefix + "attn_v.bias", keys);
        }
        matrix(gguf, prefix + "attn_output.weight", width, queries, 2 * added);
        ones(gguf, prefix + "ffn_norm.weight", width);
        matrix(gguf, prefix + "ffn_gate.weight", shape.feedForward(), width, 1);
        matrix(gguf, prefix + "ffn_up.weight", shape.feedForward(), width, 1);
        matrix(gguf, prefix + "ffn_down.weight", width, shape.feedForward(), 2 * added);
    }

    private void embeddings(GgufFile gguf, String tensor, SyntheticVocabulary vocabulary) {
        var random = random(tensor);
        double deviation = LOGITS / Math.sqrt(shape.width());
        gguf.tensor(
                tensor,
                storage,
                shape.vocabulary(),
                shape.width(),
                (row, into) -> {
                    fill(random, deviation, into);
                    if (!vocabulary.isText(row) && (shape.tied() || tensor.startsWith("output"))) {
                        Arrays.fill(into, 0);
                    }
                });
    }

    /// @param gain standard deviation of what comes out, for one of 1 that goes in
    private void matrix(GgufFile gguf, String tensor, int rows, int columns, double gain) {
        var random = random(tensor);
        double deviation = gain / Math.sqrt(columns);
        gguf.tensor(tensor, storage, rows, columns, (_, into) -> fill(random, deviation, into));
    }

    private void bias(GgufFile gguf, String tensor, int size) {
        var random = random(tensor);
        gguf.tensor(tensor, Storage.F32, 1, size, (_, into) -> fill(random, 0.1, into));
    }

    private static void ones(GgufFile gguf, String tensor, int size) {
        gguf.tensor(tensor, Storage.F32, 1, size, (_, into) -> Arrays.fill(into, 1));
    }

    private SplittableRandom random(String tensor) {
        return new SplittableRandom(seed * 31 + tensor.hashCode());
    }

    /// Evenly distributed numbers, two from each draw of the generator: a file of 30 billion takes
    /// minutes, not an hour.
    private static void fill(SplittableRandom random, double deviation, float[] into) {
        float scale = (float) (deviation * Math.sqrt(3) / (1L << 31));
        int i = 0;
        for (; i + 1 < into.length; i += 2) {
            long bits = random.nextLong();
            into[i] = (int) bits * scale;
            into[i + 1] = (int) (bits >>> 32) * scale;
        }
        if (i < into.length) {
            into[i] = random.nextInt() * scale;
        }
    }

    /// Llama 3.1's: 8 for wavelengths above 8192, 1 for those below 2048, and between them between.
    private float[] frequencyFactors() {
        var factors = new float[shape.headSize() / 2];
        for (int i = 0; i < factors.length; i++) {
            double frequency = Math.pow(shape.ropeBase(), -2.0 * i / shape.headSize());
            double wavelength = 2 * Math.PI / frequency;
            double smooth = Math.clamp((8192 / wavelength - 1) / (4 - 1), 0, 1);
            factors[i] = (float) (1 / ((1 - smooth) / 8 + smooth));
        }
        return factors;
    }
}
