package io.pointsman.serving.model;

import java.util.Map;

/// How a sequence's tokens are drawn. They are applied in the order of the components: biases and
/// penalties to the logits, then the temperature, then the cuts, each to what the last one left.
///
/// @param logitBias what is added to tokens' logits, by id; negative infinity forbids a token
/// @param repetitionPenalty divides the positive logits of tokens that the prompt or the answer has
///   had, and multiplies the negative ones (Keskar et al. 2019, CTRL); above 0, and 1 for none
/// @param presencePenalty what is taken from the logits of tokens that the answer has had
/// @param frequencyPenalty what is taken from them for each time
/// @param temperature softmax temperature; 0 takes the likeliest token
/// @param topK how many of the likeliest tokens may be drawn; 0 for all
/// @param topP the likeliest tokens that together have this probability may be drawn, in (0, 1]
/// @param minP tokens may be drawn that are at least this likely compared with the likeliest
///   (Nguyen et al. 2024), in [0, 1]
/// @param seed with the position, all the randomness there is
public record SamplingParameters(
        Map<Integer, Float> logitBias,
        double repetitionPenalty,
        double presencePenalty,
        double frequencyPenalty,
        double temperature,
        double minP,
        int topK,
        double topP,
        long seed) {

    /// Always the likeliest token.
    public static final SamplingParameters GREEDY =
            new SamplingParameters(Map.of(), 1, 0, 0, 0, 0, 0, 1, 0);

    public SamplingParameters {
        logitBias = Map.copyOf(logitBias);
        if (logitBias.values().stream().anyMatch(bias -> !(bias < Float.POSITIVE_INFINITY))) {
            throw new IllegalArgumentException("a logit bias must be a number or -infinity");
        }
        if (!(repetitionPenalty > 0 && repetitionPenalty <= 100)) {
            throw new IllegalArgumentException("repetitionPenalty must be above 0 and at most 100");
        }
        if (!(Math.abs(presencePenalty) <= 100 && Math.abs(frequencyPenalty) <= 100)) {
            throw new IllegalArgumentException("penalties must be from -100 to 100");
        }
        if (!(temperature >= 0 && temperature <= 100)) {
            throw new IllegalArgumentException("temperature must be from 0 to 100");
        }
        if (topK < 0) {
            throw new IllegalArgumentException("topK must not be negative");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("topP must be above 0 and at most 1");
        }
        if (!(minP >= 0 && minP <= 1)) {
            throw new IllegalArgumentException("minP must be from 0 to 1");
        }
    }

    /// Draws from all tokens at this temperature.
    public static SamplingParameters temperature(double temperature, long seed) {
        return GREEDY.withTemperature(temperature).withSeed(seed);
    }

    /// Whether a token's logit depends on how often it has been there.
    public boolean penalizes() {
        return repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0;
    }

    public SamplingParameters withLogitBias(Map<Integer, Float> biases) {
        return new SamplingParameters(
                biases,
                repetitionPenalty,
                presencePenalty,
                frequencyPenalty,
                temperature,
                minP,
                topK,
                topP,
                seed);
    }

    public SamplingParameters withPenalties(double repetition, double presence, double frequency) {
        return new SamplingParameters(
                logitBias, repetition, presence, frequency, temperature, minP, topK, topP, seed);
    }

    public SamplingParameters withTemperature(double newTemperature) {
        return new SamplingParameters(
                logitBias,
                repetitionPenalty,
                presencePenalty,
                frequencyPenalty,
                newTemperature,
                minP,
                topK,
                topP,
                seed);
    }

    public SamplingParameters withCuts(int newTopK, double newTopP, double newMinP) {
        return new SamplingParameters(
                logitBias,
                repetitionPenalty,
                presencePenalty,
                frequencyPenalty,
                temperature,
                newMinP,
                newTopK,
                newTopP,
                seed);
    }

    public SamplingParameters withSeed(long newSeed) {
        return new SamplingParameters(
                logitBias,
                repetitionPenalty,
                presencePenalty,
                frequencyPenalty,
                temperature,
                minP,
                topK,
                topP,
                newSeed);
    }
}
