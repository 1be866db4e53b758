package io.pointsman.serving.model;

/// The arithmetic of a forward pass over `tokens` rows that lie behind one another. Each row's
/// result depends on that row alone, bit by bit, however many there are. Implementations may keep
/// scratch memory, so each is confined to its runner's thread.
interface Kernels {

    /// `out[t] = matrix · in[t]`.
    void multiply(Matrix matrix, float[] in, int tokens, float[] out);

    /// `out[t] = in[t] / rms(in[t]) * weight`.
    void rmsNorm(float[] in, float[] weight, float epsilon, int tokens, float[] out);

    /// `gate[i] = silu(gate[i]) * up[i]` for the first `count` elements.
    void swiGlu(float[] gate, float[] up, int count);

    /// The sum of `a[aOffset + i] * b[bOffset + i]`.
    float dot(float[] a, int aOffset, float[] b, int bOffset, int count);

    /// `into[at + i] += scale * values[offset + i]`.
    void addScaled(float[] into, int at, float scale, float[] values, int offset, int count);

    /// Replaces the first `count` scores by their softmax.
    void softmax(float[] scores, int count);
}
