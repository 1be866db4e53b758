package io.pointsman.serving.engine;

/// Why the engine does not generate what it was asked for.
public sealed interface EngineRejection {

    /// Prompt and at least one token more never fit.
    ///
    /// @param contextLength positions that a sequence may have here
    record PromptTooLong(int promptTokens, int contextLength) implements EngineRejection {}

    /// The prompt holds an id that the model has no token for.
    record UnknownToken(int id, int vocabularySize) implements EngineRejection {}

    /// Too many wait already.
    record QueueFull(int waiting, int capacity) implements EngineRejection {}

    /// The engine is closed, or was closed before the sequence ended.
    record Closed() implements EngineRejection {}

    /// What a person should read.
    default String message() {
        return switch (this) {
            case PromptTooLong(int promptTokens, int contextLength) ->
                    "the prompt has %d tokens; the context is %d, and at least one must be left for the answer"
                            .formatted(promptTokens, contextLength);
            case UnknownToken(int id, int vocabularySize) ->
                    "there is no token %d, ids are below %d".formatted(id, vocabularySize);
            case QueueFull(int waiting, int capacity) ->
                    "%d requests wait already, at most %d may".formatted(waiting, capacity);
            case Closed() -> "the engine is closed";
        };
    }
}
