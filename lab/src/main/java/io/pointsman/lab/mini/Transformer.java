package io.pointsman.lab.mini;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Qwen2's forward pass over NDArrays: RMS norms, biased query, key and value projections, rotary
/// positions in halves, grouped heads, a SwiGLU, and one table for embedding and output.
///
/// The weights carry their names in GGUF. Confined to one thread.
final class Transformer implements AutoCloseable {
    static final float EPSILON = 1e-6f;
    static final float ROTARY_BASE = 10_000;

    private final Dimensions dimensions;
    private final NDManager manager;
    private final Map<String, NDArray> weights = new LinkedHashMap<>();

    /// Fresh weights, owned by a child of `parent`.
    Transformer(Dimensions dimensions, NDManager parent, RandomGenerator random) {
        this.dimensions = dimensions;
        manager = parent.newSubManager();
        var width = dimensions.width();
        var queries = dimensions.heads() * dimensions.headWidth();
        var keys = dimensions.keyValueHeads() * dimensions.headWidth();
        normal("token_embd.weight", random, 0.02, dimensions.vocabulary(), width);
        for (var layer = 0; layer < dimensions.layers(); layer++) {
            var block = "blk." + layer + ".";
            constant(block + "attn_norm.weight", 1, width);
            matrix(block + "attn_q", random, queries, width);
            constant(block + "attn_q.bias", 0, queries);
            matrix(block + "attn_k", random, keys, width);
            constant(block + "attn_k.bias", 0, keys);
            matrix(block + "attn_v", random, keys, width);
            constant(block + "attn_v.bias", 0, keys);
            matrix(block + "attn_output", random, width, queries);
            constant(block + "ffn_norm.weight", 1, width);
            matrix(block + "ffn_gate", random, dimensions.inner(), width);
            matrix(block + "ffn_up", random, dimensions.inner(), width);
            matrix(block + "ffn_down", random, width, dimensions.inner());
        }
        constant("output_norm.weight", 1, width);
    }

    Dimensions dimensions() {
        return dimensions;
    }

    /// The weights by their names in GGUF, in a fixed order.
    Map<String, NDArray> weights() {
        return weights;
    }

    NDManager manager() {
        return manager;
    }

    /// How many numbers were learnt.
    long parameters() {
        return weights.values().stream().mapToLong(NDArray::size).sum();
    }

    /// The keys and values of earlier tokens, layer by layer; grows with each pass.
    static final class Cache {
        private final List<NDArray> keys = new ArrayList<>();
        private final List<NDArray> values = new ArrayList<>();
        private int length;

        int length() {
            return length;
        }

        /// Gives what was kept to a manager that outlives the pass.
        void keep(NDManager owner) {
            keys.forEach(array -> array.attach(owner));
            values.forEach(array -> array.attach(owner));
        }

        private static NDArray extended(List<NDArray> kept, int layer, NDArray fresh, int axis) {
            if (layer == kept.size()) {
                kept.add(fresh);
                return fresh;
            }
            var earlier = kept.get(layer);
            var whole = NDArrays.concat(new NDList(earlier, fresh), axis);
            earlier.close();
            kept.set(layer, whole);
            return whole;
        }
    }

    /// The normalised last hidden states of `rows` × `length` tokens, as `[rows * length, width]`.
    ///
    /// @param mask what is added to the scores, `[rows, 1, 1, length, length + cached]`
    /// @param cache the earlier tokens, or null where there are none to come
    NDArray hidden(NDArray ids, int rows, int length, NDArray mask, @Nullable Cache cache) {
        var step = ids.getManager();
        var start = cache == null ? 0 : cache.length;
        var turns = turns(step, start, length);
        var x =
                ids.getNDArrayInternal()
                        .embedding(ids, weight("token_embd.weight"), SparseFormat.DENSE)
                        .get(0);
        for (var layer = 0; layer < dimensions.layers(); layer++) {
            var block = "blk." + layer + ".";
            var normal = normalised(x, weight(block + "attn_norm.weight"));
            x = x.add(attention(normal, block, layer, rows, length, turns, mask, cache));
            normal = normalised(x, weight(block + "ffn_norm.weight"));
            var gate = linear(normal, weight(block + "ffn_gate.weight"), null);
            var up = linear(normal, weight(block + "ffn_up.weight"), null);
            var opened = gate.getNDArrayInternal().sigmoid().mul(gate).mul(up);
            x = x.add(linear(opened, weight(block + "ffn_down.weight"), null));
        }
        if (cache != null) {
            cache.length += length;
        }
        return normalised(x, weight("output_norm.weight"));
    }

    /// The logits of hidden states.
    NDArray logits(NDArray hidden) {
        return linear(hidden, weight("token_embd.weight"), null);
    }

    @Override
    public void close() {
        manager.close();
    }

    private NDArray attention(
            NDArray x,
            String block,
            int layer,
            int rows,
            int length,
            Turns turns,
            NDArray mask,
            @Nullable Cache cache) {
        var heads = dimensions.heads();
        var groups = dimensions.keyValueHeads();
        var head = dimensions.headWidth();
        var queries = heads / groups * length;
        var q = linear(x, weight(block + "attn_q.weight"), weight(block + "attn_q.bias"));
        var k = linear(x, weight(block + "attn_k.weight"), weight(block + "attn_k.bias"));
        var v = linear(x, weight(block + "attn_v.weight"), weight(block + "attn_v.bias"));
        q =
                turns.queries(q.reshape(rows, length, heads, head))
                        .transpose(0, 2, 1, 3)
                        .reshape(rows, groups, queries, head);
        k = turns.keys(k.reshape(rows, length, groups, head)).transpose(0, 2, 3, 1);
        v = v.reshape(rows, length, groups, head).transpose(0, 2, 1, 3);
        var seen = length;
        if (cache != null) {
            k = Cache.extended(cache.keys, layer, k, 3);
            v = Cache.extended(cache.values, layer, v, 2);
            seen += cache.length;
        }
        var scores = q.matMul(k).reshape(rows, groups, heads / groups, length, seen).add(mask);
        var mixed = scores.softmax(-1).reshape(rows, groups, queries, seen).matMul(v);
        var joined =
                mixed.reshape(rows, heads, length, head)
                        .transpose(0, 2, 1, 3)
                        .reshape((long) rows * length, (long) heads * head);
        return linear(joined, weight(block + "attn_output.weight"), null);
    }

    private NDArray normalised(NDArray x, NDArray scale) {
        var size = x.square().mean(new int[] {-1}, true).add(EPSILON).sqrt();
        return x.div(size).mul(scale);
    }

    private static NDArray linear(NDArray x, NDArray weight, @Nullable NDArray bias) {
        return x.getNDArrayInternal().linear(x, weight, bias).get(0);
    }

    private NDArray weight(String name) {
        var found = weights.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no weight " + name);
        }
        return found;
    }

    private Turns turns(NDManager step, int start, int length) {
        var half = dimensions.headWidth() / 2;
        var cosines = new float[length * half];
        var sines = new float[length * half];
        for (var position = 0; position < length; position++) {
            for (var pair = 0; pair < half; pair++) {
                var angle =
                        (start + position)
                                * Math.pow(ROTARY_BASE, -2.0 * pair / dimensions.headWidth());
                cosines[position * half + pair] = (float) Math.cos(angle);
                sines[position * half + pair] = (float) Math.sin(angle);
            }
        }
        var shape = new Shape(1, length, 1, half);
        return new Turns(
                step.create(cosines, shape),
                step.create(sines, shape),
                (float) (1 / Math.sqrt(dimensions.headWidth())));
    }

    /// Rotary positions; queries are scaled on the way.
    private record Turns(NDArray cosines, NDArray sines, float scale) {
        NDArray queries(NDArray x) {
            return turned(x, cosines.mul(scale), sines.mul(scale));
        }

        NDArray keys(NDArray x) {
            return turned(x, cosines, sines);
        }

        private static NDArray turned(NDArray x, NDArray cosine, NDArray sine) {
            var halves = x.split(2, 3);
            var first = halves.get(0);
            var second = halves.get(1);
            return NDArrays.concat(
                    new NDList(
                            first.mul(cosine).sub(second.mul(sine)),
                            second.mul(cosine).add(first.mul(sine))),
                    3);
        }
    }

    private void matrix(String name, RandomGenerator random, int outputs, int inputs) {
        normal(name + ".weight", random, 1 / Math.sqrt(inputs), outputs, inputs);
    }

    private void normal(
            String name, RandomGenerator random, double deviation, int outputs, int inputs) {
        var values = new float[outputs * inputs];
        for (var index = 0; index < values.length; index++) {
            values[index] = (float) (random.nextGaussian() * deviation);
        }
        put(name, values, new Shape(outputs, inputs));
    }

    private void constant(String name, float value, int size) {
        var values = new float[size];
        java.util.Arrays.fill(values, value);
        put(name, values, new Shape(size));
    }

    private void put(String name, float[] values, Shape shape) {
        var array = manager.create(FloatBuffer.wrap(values), shape, DataType.FLOAT32);
        weights.put(name, array);
    }
}
