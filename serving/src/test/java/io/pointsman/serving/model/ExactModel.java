package io.pointsman.serving.model;

import io.pointsman.serving.gguf.Gguf;

/// The forward pass in double precision on the weights as a file stores them, straight from the
/// papers: no cache, no blocks, no tricks.
final class ExactModel {

    private final Gguf file;
    private final String architecture;
    private final int width;
    private final int heads;
    private final int kvHeads;
    private final int size;

    ExactModel(Gguf file, String architecture) {
        this.file = file;
        this.architecture = architecture;
        var metadata = file.metadata();
        width = metadata.requiredInteger(architecture + ".embedding_length");
        heads = metadata.requiredInteger(architecture + ".attention.head_count");
        kvHeads = metadata.requiredInteger(architecture + ".attention.head_count_kv");
        size = width / heads;
    }

    /// The logits behind the last of `ids`.
    double[] logits(int[] ids) {
        var stream = new double[ids.length][];
        var embeddings = file.tensor("token_embd.weight").orElseThrow();
        for (int t = 0; t < ids.length; t++) {
            var row = new float[width];
            embeddings.decodeRow(ids[t], row, 0);
            stream[t] = new double[width];
            for (int i = 0; i < width; i++) {
                stream[t][i] = row[i];
            }
        }
        int layers = file.metadata().requiredInteger(architecture + ".block_count");
        for (int layer = 0; layer < layers; layer++) {
            attend(stream, "blk." + layer + ".");
            feedForward(stream, "blk." + layer + ".");
        }
        var last = norm(stream[ids.length - 1], "output_norm.weight");
        boolean tied = file.tensor("output.weight").isEmpty();
        return multiply(tied ? "token_embd.weight" : "output.weight", last);
    }

    private void attend(double[][] stream, String prefix) {
        int tokens = stream.length;
        var queries = new double[tokens][];
        var keys = new double[tokens][];
        var values = new double[tokens][];
        for (int t = 0; t < tokens; t++) {
            var in = norm(stream[t], prefix + "attn_norm.weight");
            queries[t] = rotate(project(prefix + "attn_q", in), heads, t);
            keys[t] = rotate(project(prefix + "attn_k", in), kvHeads, t);
            values[t] = project(prefix + "attn_v", in);
        }
        for (int t = 0; t < tokens; t++) {
            var out = new double[width];
            for (int head = 0; head < heads; head++) {
                attend(queries, keys, values, t, head, out);
            }
            add(stream[t], project(prefix + "attn_output", out));
        }
    }

    private void attend(
            double[][] queries, double[][] keys, double[][] values, int t, int head, double[] out) {
        int kv = head / (heads / kvHeads) * size;
        var weights = new double[t + 1];
        double total = 0;
        for (int p = 0; p <= t; p++) {
            double score = 0;
            for (int i = 0; i < size; i++) {
                score += queries[t][head * size + i] * keys[p][kv + i];
            }
            weights[p] = Math.exp(score / Math.sqrt(size));
            total += weights[p];
        }
        for (int p = 0; p <= t; p++) {
            for (int i = 0; i < size; i++) {
                out[head * size + i] += weights[p] / total * values[p][kv + i];
            }
        }
    }

    private void feedForward(double[][] stream, String prefix) {
        for (var token : stream) {
            var in = norm(token, prefix + "ffn_norm.weight");
            var gate = multiply(prefix + "ffn_gate.weight", in);
            var up = multiply(prefix + "ffn_up.weight", in);
            for (int i = 0; i < gate.length; i++) {
                gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
            }
            add(token, multiply(prefix + "ffn_down.weight", gate));
        }
    }

    private double[] rotate(double[] vector, int count, int position) {
        for (int head = 0; head < count; head++) {
            for (int i = 0; i < size / 2; i++) {
                boolean neighbours = architecture.equals("llama");
                int a = head * size + (neighbours ? 2 * i : i);
                int b = head * size + (neighbours ? 2 * i + 1 : i + size / 2);
                double angle = position * Math.pow(10_000, -2.0 * i / size);
                double first = vector[a];
                vector[a] = first * Math.cos(angle) - vector[b] * Math.sin(angle);
                vector[b] = first * Math.sin(angle) + vector[b] * Math.cos(angle);
            }
        }
        return vector;
    }

    private double[] norm(double[] in, String name) {
        var weight = file.tensor(name).orElseThrow().decode();
        double squares = 0;
        for (double value : in) {
            squares += value * value;
        }
        var out = new double[in.length];
        for (int i = 0; i < in.length; i++) {
            out[i] = in[i] / Math.sqrt(squares / in.length + 1e-6) * weight[i];
        }
        return out;
    }

    private double[] project(String name, double[] in) {
        var out = multiply(name + ".weight", in);
        file.tensor(name + ".bias")
                .ifPresent(bias -> {
                    var values = bias.decode();
                    for (int i = 0; i < out.length; i++) {
                        out[i] += values[i];
                    }
                });
        return out;
    }

    private double[] multiply(String name, double[] in) {
        var tensor = file.tensor(name).orElseThrow();
        var weights = tensor.decode();
        var out = new double[tensor.rows()];
        for (int i = 0; i < out.length; i++) {
            for (int j = 0; j < in.length; j++) {
                out[i] += weights[i * in.length + j] * in[j];
            }
        }
        return out;
    }

    private static void add(double[] to, double[] more) {
        for (int i = 0; i < to.length; i++) {
            to[i] += more[i];
        }
    }
}
