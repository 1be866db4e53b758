package io.pointsman.api.wire;

/// How a backend counts the tokens of thinking.
public enum ReasoningTokens {
    /// As its total says: beside the completion's where the total holds both, else among them.
    AUTO,
    /// Among `completion_tokens`, as OpenAI and DeepSeek do.
    INCLUDED,
    /// Beside `completion_tokens`, as xAI does.
    ADDED;

    /// Whether `reasoning` tokens are to be added to `completion` ones.
    ///
    /// @param total what the backend says all are together; negative where it does not
    boolean added(long prompt, long completion, long reasoning, long total) {
        return reasoning > 0
                && switch (this) {
                    case AUTO ->
                            total >= 0
                                    ? total == prompt + completion + reasoning
                                    : reasoning > completion;
                    case INCLUDED -> false;
                    case ADDED -> true;
                };
    }
}
