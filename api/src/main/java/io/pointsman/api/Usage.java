package io.pointsman.api;

/// The tokens of one completion.
///
/// @param promptTokens tokens of the prompt, cached ones included
/// @param cachedTokens those of the prompt that came from the backend's cache
/// @param completionTokens tokens produced, thinking included
/// @param reasoningTokens those of the completion that were thinking
/// @param estimates which of these are guesses, because the backend did not say
public record Usage(
        int promptTokens,
        int cachedTokens,
        int completionTokens,
        int reasoningTokens,
        Estimates estimates) {

    /// Nothing read, nothing produced.
    public static final Usage NONE = new Usage(0, 0, 0, 0, Estimates.NONE);

    public Usage {
        if (promptTokens < 0 || cachedTokens < 0 || completionTokens < 0 || reasoningTokens < 0) {
            throw new IllegalArgumentException("token counts are not negative");
        }
    }

    /// Counts that are all told, or all guessed.
    public Usage(
            int promptTokens,
            int cachedTokens,
            int completionTokens,
            int reasoningTokens,
            boolean estimated) {
        this(
                promptTokens,
                cachedTokens,
                completionTokens,
                reasoningTokens,
                estimated ? Estimates.ALL : Estimates.NONE);
    }

    /// Whether any of the counts is a guess.
    public boolean estimated() {
        return estimates != Estimates.NONE;
    }

    /// Prompt and completion together.
    public long totalTokens() {
        return (long) promptTokens + completionTokens;
    }
}
