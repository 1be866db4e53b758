package io.pointsman.serving.model;

/// How a sequence's tokens are drawn.
///
/// @param temperature softmax temperature; 0 takes the likeliest token
/// @param topK how many of the likeliest tokens may be drawn; 0 for all
/// @param topP the likeliest tokens that together have this probability may be drawn, in (0, 1]
/// @param seed with the position, all the randomness there is
public record SamplingParameters(double temperature, int topK, double topP, long seed) {

    /// Always the likeliest token.
    public static final SamplingParameters GREEDY = new SamplingParameters(0, 0, 1, 0);

    public SamplingParameters {
        if (!(temperature >= 0 && temperature <= 100)) {
            throw new IllegalArgumentException("temperature must be from 0 to 100");
        }
        if (topK < 0) {
            throw new IllegalArgumentException("topK must not be negative");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("topP must be above 0 and at most 1");
        }
    }
}
