package io.pointsman.api;

/// The tokens of one completion.
///
/// @param promptTokens tokens of the prompt, cached ones included
/// @param cachedTokens those of the prompt that came from the backend's cache
/// @param completionTokens tokens produced, thinking included
/// @param reasoningTokens those of the completion that were thinking
/// @param estimated whether any of these is a guess, because the backend did not say
public record Usage(
        int promptTokens,
        int cachedTokens,
        int completionTokens,
        int reasoningTokens,
        boolean estimated) {

    /// Nothing read, nothing produced.
    public static final Usage NONE = new Usage(0, 0, 0, 0, false);

    public Usage {
        if (promptTokens < 0 || cachedTokens < 0 || completionTokens < 0 || reasoningTokens < 0) {
            throw new IllegalArgumentException("token counts are not negative");
        }
    }

    /// Prompt and completion together.
    public long totalTokens() {
        return (long) promptTokens + completionTokens;
    }
}
