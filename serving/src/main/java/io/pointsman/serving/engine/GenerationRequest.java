package io.pointsman.serving.engine;

import io.pointsman.serving.model.SamplingParameters;
import io.pointsman.serving.tokenizer.TokenIds;
import java.util.List;

/// What to generate.
///
/// @param prompt the rendered prompt, not empty
/// @param maxTokens most tokens to generate, thinking included, at least 1; clipped to what the
///   context leaves
/// @param sampling how tokens are drawn
/// @param stop texts that end the answer and are not part of it; the thinking may contain them
public record GenerationRequest(
        TokenIds prompt, int maxTokens, SamplingParameters sampling, List<String> stop) {

    public GenerationRequest {
        if (prompt.size() == 0) {
            throw new IllegalArgumentException("the prompt is empty");
        }
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens is " + maxTokens + ", not at least 1");
        }
        stop = List.copyOf(stop);
        if (stop.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("a stop text is empty");
        }
    }

    /// Goes on from `prompt`, always with the likeliest token, until the model ends or the context
    /// is full.
    public static GenerationRequest greedy(TokenIds prompt) {
        return new GenerationRequest(
                prompt, Integer.MAX_VALUE, SamplingParameters.GREEDY, List.of());
    }

    public GenerationRequest withMaxTokens(int most) {
        return new GenerationRequest(prompt, most, sampling, stop);
    }
}
