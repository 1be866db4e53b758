package io.pointsman.serving.openai;

import io.pointsman.serving.model.SamplingParameters;
import java.util.Map;

/// What holds where a request does not say.
///
/// @param sampling how tokens are drawn
/// @param efforts how many tokens each `reasoning_effort` may think; one that is not here may think
///   as long as it wants
public record CompletionDefaults(SamplingParameters sampling, Map<String, Integer> efforts) {

    private static final Map<String, Integer> EFFORTS =
            Map.of("none", 0, "minimal", 256, "low", 1024, "medium", 8192);

    /// The likeliest token each time, so that the same question has the same answer.
    public static final CompletionDefaults GREEDY =
            new CompletionDefaults(SamplingParameters.GREEDY, EFFORTS);

    public CompletionDefaults {
        efforts = Map.copyOf(efforts);
    }

    /// For a model that thinks, what DeepSeek recommends for R1; for others, what OpenAI documents.
    public static CompletionDefaults of(boolean reasons) {
        var sampling =
                reasons
                        ? SamplingParameters.temperature(0.6, 0).withCuts(0, 0.95, 0)
                        : SamplingParameters.temperature(1, 0);
        return new CompletionDefaults(sampling, EFFORTS);
    }

    public CompletionDefaults withEfforts(Map<String, Integer> tokens) {
        return new CompletionDefaults(sampling, tokens);
    }
}
