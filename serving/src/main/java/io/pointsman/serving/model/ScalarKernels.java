package io.pointsman.serving.model;

import java.util.Arrays;

/// Kernels in plain Java, in the shapes that C2 vectorises by itself: several whole arrays read at
/// the same index and one written. An offset into an array would already stop it, hence the columns
/// of [Matrix] and the tile that results are summed up in.
final class ScalarKernels implements Kernels {

    private static final int TILE = 4;
    private static final float LOG2_E = 1.442695f;
    private static final float LN2_HIGH = 0.6933594f;
    private static final float LN2_LOW = -2.1219444e-4f;

    private float[][] tile = new float[TILE][0];

    @Override
    public void multiply(Matrix matrix, float[] in, int tokens, float[] out) {
        int outputs = matrix.outputs();
        if (tile[0].length < outputs) {
            tile = new float[TILE][outputs];
        }
        int first = 0;
        for (; first + TILE <= tokens; first += TILE) {
            multiplyFour(matrix, in, first);
            store(out, first, TILE, outputs);
        }
        for (; first < tokens; first++) {
            multiplyOne(matrix, in, first);
            store(out, first, 1, outputs);
        }
    }

    private void store(float[] out, int first, int count, int outputs) {
        for (int t = 0; t < count; t++) {
            System.arraycopy(tile[t], 0, out, (first + t) * outputs, outputs);
        }
    }

    /// Each column is read once for four tokens.
    private void multiplyFour(Matrix matrix, float[] in, int first) {
        int inputs = matrix.inputs();
        int outputs = matrix.outputs();
        var columns = matrix.columns();
        for (var sums : tile) {
            Arrays.fill(sums, 0, outputs, 0);
        }
        int a = first * inputs;
        int b = a + inputs;
        int c = b + inputs;
        int d = c + inputs;
        int j = 0;
        for (; j + 4 <= inputs; j += 4) {
            addFourToFour(
                    columns[j],
                    columns[j + 1],
                    columns[j + 2],
                    columns[j + 3],
                    in[a + j],
                    in[a + j + 1],
                    in[a + j + 2],
                    in[a + j + 3],
                    in[b + j],
                    in[b + j + 1],
                    in[b + j + 2],
                    in[b + j + 3],
                    in[c + j],
                    in[c + j + 1],
                    in[c + j + 2],
                    in[c + j + 3],
                    in[d + j],
                    in[d + j + 1],
                    in[d + j + 2],
                    in[d + j + 3],
                    tile[0],
                    tile[1],
                    tile[2],
                    tile[3],
                    outputs);
        }
        for (; j < inputs; j++) {
            for (int t = 0; t < TILE; t++) {
                addOne(columns[j], in[a + t * inputs + j], tile[t], outputs);
            }
        }
    }

    private void multiplyOne(Matrix matrix, float[] in, int token) {
        int inputs = matrix.inputs();
        int outputs = matrix.outputs();
        Arrays.fill(tile[0], 0, outputs, 0);
        int j = 0;
        for (; j + 8 <= inputs; j += 8) {
            addEight(matrix.columns(), j, in, token * inputs + j, tile[0], outputs);
        }
        for (; j < inputs; j++) {
            addOne(matrix.columns()[j], in[token * inputs + j], tile[0], outputs);
        }
    }

    /// Adds four columns to four tokens' sums, in the order in which [#addEight] does.
    private static void addFourToFour(
            float[] c0,
            float[] c1,
            float[] c2,
            float[] c3,
            float a0,
            float a1,
            float a2,
            float a3,
            float b0,
            float b1,
            float b2,
            float b3,
            float d0,
            float d1,
            float d2,
            float d3,
            float e0,
            float e1,
            float e2,
            float e3,
            float[] a,
            float[] b,
            float[] d,
            float[] e,
            int count) {
        for (int i = 0; i < count; i++) {
            float v0 = c0[i];
            float v1 = c1[i];
            float v2 = c2[i];
            float v3 = c3[i];
            a[i] = Math.fma(a3, v3, Math.fma(a2, v2, Math.fma(a1, v1, Math.fma(a0, v0, a[i]))));
            b[i] = Math.fma(b3, v3, Math.fma(b2, v2, Math.fma(b1, v1, Math.fma(b0, v0, b[i]))));
            d[i] = Math.fma(d3, v3, Math.fma(d2, v2, Math.fma(d1, v1, Math.fma(d0, v0, d[i]))));
            e[i] = Math.fma(e3, v3, Math.fma(e2, v2, Math.fma(e1, v1, Math.fma(e0, v0, e[i]))));
        }
    }

    private static void addEight(
            float[][] columns, int j, float[] in, int at, float[] sums, int count) {
        addEight(
                columns[j],
                columns[j + 1],
                columns[j + 2],
                columns[j + 3],
                columns[j + 4],
                columns[j + 5],
                columns[j + 6],
                columns[j + 7],
                in[at],
                in[at + 1],
                in[at + 2],
                in[at + 3],
                in[at + 4],
                in[at + 5],
                in[at + 6],
                in[at + 7],
                sums,
                count);
    }

    private static void addEight(
            float[] c0,
            float[] c1,
            float[] c2,
            float[] c3,
            float[] c4,
            float[] c5,
            float[] c6,
            float[] c7,
            float x0,
            float x1,
            float x2,
            float x3,
            float x4,
            float x5,
            float x6,
            float x7,
            float[] sums,
            int count) {
        for (int i = 0; i < count; i++) {
            float low =
                    Math.fma(
                            x3,
                            c3[i],
                            Math.fma(x2, c2[i], Math.fma(x1, c1[i], Math.fma(x0, c0[i], sums[i]))));
            sums[i] =
                    Math.fma(
                            x7,
                            c7[i],
                            Math.fma(x6, c6[i], Math.fma(x5, c5[i], Math.fma(x4, c4[i], low))));
        }
    }

    private static void addOne(float[] column, float x, float[] sums, int count) {
        for (int i = 0; i < count; i++) {
            sums[i] = Math.fma(x, column[i], sums[i]);
        }
    }

    @Override
    public void rmsNorm(float[] in, float[] weight, float epsilon, int tokens, float[] out) {
        int width = weight.length;
        for (int t = 0; t < tokens; t++) {
            int at = t * width;
            float mean = dot(in, at, in, at, width) / width;
            float scale = (float) (1 / Math.sqrt(mean + epsilon));
            for (int i = 0; i < width; i++) {
                out[at + i] = in[at + i] * scale * weight[i];
            }
        }
    }

    @Override
    public void swiGlu(float[] gate, float[] up, int count) {
        for (int i = 0; i < count; i++) {
            gate[i] = gate[i] / (1 + exp(-gate[i])) * up[i];
        }
    }

    @Override
    public float dot(float[] a, int aOffset, float[] b, int bOffset, int count) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        for (; i + 4 <= count; i += 4) {
            s0 = Math.fma(a[aOffset + i], b[bOffset + i], s0);
            s1 = Math.fma(a[aOffset + i + 1], b[bOffset + i + 1], s1);
            s2 = Math.fma(a[aOffset + i + 2], b[bOffset + i + 2], s2);
            s3 = Math.fma(a[aOffset + i + 3], b[bOffset + i + 3], s3);
        }
        for (; i < count; i++) {
            s0 = Math.fma(a[aOffset + i], b[bOffset + i], s0);
        }
        return s0 + s1 + (s2 + s3);
    }

    @Override
    public void addScaled(
            float[] into, int at, float scale, float[] values, int offset, int count) {
        for (int i = 0; i < count; i++) {
            into[at + i] = Math.fma(scale, values[offset + i], into[at + i]);
        }
    }

    @Override
    public void softmax(float[] scores, int count) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            max = Math.max(max, scores[i]);
        }
        float sum = 0;
        for (int i = 0; i < count; i++) {
            scores[i] = exp(scores[i] - max);
            sum += scores[i];
        }
        float scale = 1 / sum;
        for (int i = 0; i < count; i++) {
            scores[i] *= scale;
        }
    }

    /// e to the `x`, to within two units of the last place: x is split into a power of two and a
    /// rest below half of ln 2, whose exponential is a polynomial (Cephes' `expf`). Several times
    /// faster than `Math.exp`, which is exact to double precision.
    static float exp(float x) {
        if (!(x > -87f)) {
            return Float.isNaN(x) ? x : 0;
        }
        if (x > 88f) {
            return Float.POSITIVE_INFINITY;
        }
        float scaled = x * LOG2_E;
        int power = (int) (scaled < 0 ? scaled - 0.5f : scaled + 0.5f);
        float rest = Math.fma(-power, LN2_LOW, Math.fma(-power, LN2_HIGH, x));
        float p = Math.fma(1.9875691e-4f, rest, 0.0013981999f);
        p = Math.fma(p, rest, 0.008333452f);
        p = Math.fma(p, rest, 0.041665796f);
        p = Math.fma(p, rest, 0.16666666f);
        p = Math.fma(p, rest, 0.5f);
        p = Math.fma(p * rest, rest, rest + 1);
        return p * Float.intBitsToFloat((power + 127) << 23);
    }
}
