package io.pointsman.serving;

import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufWriter;
import io.pointsman.serving.gguf.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Random models with a vocabulary of bytes and a few control tokens, for tests.
public final class TinyModel {

    private static final int WIDTH = 64;
    private static final int HIDDEN = 96;
    private static final int LAYERS = 2;
    private static final List<String> CONTROLS =
            List.of("<user>", "<asst>", "<think>", "</think>", "<eos>");

    /// The ids of the control tokens, behind those of the bytes.
    public static final int USER = 256;

    public static final int ASSISTANT = 257;
    public static final int THINK = 258;
    public static final int END_THINK = 259;
    public static final int END = 260;
    public static final int VOCABULARY = 261;

    private TinyModel() {}

    /// Adds a tokenizer of bytes to a file.
    public static GgufWriter tokenizer(GgufWriter writer) {
        var tokens = new ArrayList<String>();
        var types = new ArrayList<Integer>();
        char next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean prints = (b > 0x20 && b < 0x7f) || (b > 0xa0 && b != 0xad);
            tokens.add(String.valueOf(prints ? (char) b : next++));
            types.add(1);
        }
        for (var control : CONTROLS) {
            tokens.add(control);
            types.add(3);
        }
        return writer.put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.pre", "qwen2")
                .put("tokenizer.ggml.tokens", tokens)
                .put("tokenizer.ggml.token_type", types)
                .put("tokenizer.ggml.merges", List.of())
                .put("tokenizer.ggml.eos_token_id", END);
    }

    /// A model of random weights.
    ///
    /// @param architecture `qwen2` or `llama`
    /// @param type how matrices are stored
    public static Gguf of(String architecture, TensorType type, boolean tied, long seed) {
        return Gguf.of(bytes(architecture, type, tied, seed));
    }

    /// The file of [#of].
    public static byte[] bytes(String architecture, TensorType type, boolean tied, long seed) {
        var random = new Random(seed);
        var writer =
                tokenizer(new GgufWriter())
                        .put("general.architecture", architecture)
                        .put("general.name", "tiny")
                        .put(architecture + ".context_length", 256)
                        .put(architecture + ".embedding_length", WIDTH)
                        .put(architecture + ".block_count", LAYERS)
                        .put(architecture + ".feed_forward_length", HIDDEN)
                        .put(architecture + ".attention.head_count", 4)
                        .put(architecture + ".attention.head_count_kv", 2)
                        .put(architecture + ".rope.freq_base", 10_000f)
                        .put(architecture + ".attention.layer_norm_rms_epsilon", 1e-6f)
                        .tensor(
                                "token_embd.weight",
                                type,
                                WIDTH,
                                VOCABULARY,
                                random(random, WIDTH * VOCABULARY, 1))
                        .tensor("output_norm.weight", TensorType.F32, WIDTH, 1, ones(WIDTH));
        if (!tied) {
            writer.tensor(
                    "output.weight",
                    type,
                    WIDTH,
                    VOCABULARY,
                    random(random, WIDTH * VOCABULARY, 1));
        }
        for (int i = 0; i < LAYERS; i++) {
            layer(writer, "blk." + i + ".", architecture, type, random);
        }
        return writer.bytes();
    }

    private static void layer(
            GgufWriter writer, String prefix, String architecture, TensorType type, Random random) {
        writer.tensor(prefix + "attn_norm.weight", TensorType.F32, WIDTH, 1, ones(WIDTH));
        writer.tensor(prefix + "ffn_norm.weight", TensorType.F32, WIDTH, 1, ones(WIDTH));
        matrix(writer, prefix + "attn_q.weight", type, WIDTH, WIDTH, random);
        matrix(writer, prefix + "attn_k.weight", type, WIDTH, WIDTH / 2, random);
        matrix(writer, prefix + "attn_v.weight", type, WIDTH, WIDTH / 2, random);
        matrix(writer, prefix + "attn_output.weight", type, WIDTH, WIDTH, random);
        matrix(writer, prefix + "ffn_gate.weight", type, WIDTH, HIDDEN, random);
        matrix(writer, prefix + "ffn_up.weight", type, WIDTH, HIDDEN, random);
        matrix(writer, prefix + "ffn_down.weight", type, HIDDEN, WIDTH, random);
        if (architecture.equals("qwen2")) {
            bias(writer, prefix + "attn_q.bias", WIDTH, random);
            bias(writer, prefix + "attn_k.bias", WIDTH / 2, random);
            bias(writer, prefix + "attn_v.bias", WIDTH / 2, random);
        }
    }

    private static void matrix(
            GgufWriter writer, String name, TensorType type, int columns, int rows, Random random) {
        var values = random(random, columns * rows, 2 / Math.sqrt(columns));
        writer.tensor(name, type, columns, rows, values);
    }

    private static void bias(GgufWriter writer, String name, int size, Random random) {
        writer.tensor(name, TensorType.F32, size, 1, random(random, size, 0.1));
    }

    private static float[] random(Random random, int count, double deviation) {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }

    private static float[] ones(int count) {
        var values = new float[count];
        Arrays.fill(values, 1);
        return values;
    }
}
