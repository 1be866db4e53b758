package io.pointsman.serving.model;

import org.jspecify.annotations.Nullable;

/// Turns queries and keys by angles that grow with the position (Su et al. 2021, RoFormer).
/// Confined to its runner's thread: the angles of a step's positions are computed once for all
/// layers.
final class RotaryEmbedding {

    private final Architecture architecture;
    private final int headSize;
    private final int half;
    private final double[] frequencies;
    private final float[] cosines;
    private final float[] sines;

    RotaryEmbedding(ModelConfig config, float @Nullable [] frequencyFactors, int maxTokens) {
        architecture = config.architecture();
        headSize = config.headSize();
        half = config.ropeSize() / 2;
        frequencies = new double[half];
        for (int i = 0; i < half; i++) {
            double factor = frequencyFactors == null ? 1 : frequencyFactors[i];
            frequencies[i] = Math.pow(config.ropeBase(), -2.0 * i / config.ropeSize()) / factor;
        }
        cosines = new float[maxTokens * half];
        sines = new float[maxTokens * half];
    }

    /// Computes the angles of the plan's positions.
    void prepare(StepPlan plan) {
        for (int t = 0; t < plan.tokens(); t++) {
            int position = plan.position(t);
            for (int i = 0; i < half; i++) {
                double angle = position * frequencies[i];
                cosines[t * half + i] = (float) Math.cos(angle);
                sines[t * half + i] = (float) Math.sin(angle);
            }
        }
    }

    /// Turns the `heads` heads of each of the prepared tokens.
    void apply(float[] vectors, int heads, int tokens) {
        for (int t = 0; t < tokens; t++) {
            for (int head = 0; head < heads; head++) {
                int at = (t * heads + head) * headSize;
                switch (architecture) {
                    case QWEN2 -> turn(vectors, at, 1, half, t * half);
                    case LLAMA -> turn(vectors, at, 2, 1, t * half);
                }
            }
        }
    }

    private void turn(float[] vector, int at, int stride, int distance, int angles) {
        for (int i = 0; i < half; i++) {
            int first = at + i * stride;
            int second = first + distance;
            float a = vector[first];
            float b = vector[second];
            float cos = cosines[angles + i];
            float sin = sines[angles + i];
            vector[first] = a * cos - b * sin;
            vector[second] = a * sin + b * cos;
        }
    }
}
