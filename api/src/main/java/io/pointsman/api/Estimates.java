package io.pointsman.api;

/// Which counts of a [Usage] are guesses, because the backend did not say. Thinking is a part of
/// the completion and is guessed with it.
public enum Estimates {
    /// None: the backend counted.
    NONE,
    /// The prompt's tokens.
    PROMPT,
    /// The completion's tokens, and those of them that were thinking.
    COMPLETION,
    /// Both.
    ALL;

    /// Those of the two counts that are guesses.
    public static Estimates of(boolean prompt, boolean completion) {
        if (prompt) {
            return completion ? ALL : PROMPT;
        }
        return completion ? COMPLETION : NONE;
    }

    /// Whether the prompt's tokens are a guess.
    public boolean prompt() {
        return this == PROMPT || this == ALL;
    }

    /// Whether the completion's tokens are a guess.
    public boolean completion() {
        return this == COMPLETION || this == ALL;
    }

    /// The guesses of a sum: those of either part.
    public Estimates and(Estimates other) {
        return of(prompt() || other.prompt(), completion() || other.completion());
    }
}
