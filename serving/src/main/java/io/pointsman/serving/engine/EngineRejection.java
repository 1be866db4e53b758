package io.pointsman.serving.engine;

import java.time.Duration;

/// Why the engine does not generate what it was asked for.
public sealed interface EngineRejection {

    /// Prompt and at least one token more never fit.
    ///
    /// @param contextLength positions that a sequence may have here
    record PromptTooLong(int promptTokens, int contextLength) implements EngineRejection {}

    /// The prompt, or what is to stop or to be biased, holds an id that the model has no token for.
    record UnknownToken(int id, int vocabularySize) implements EngineRejection {}

    /// Too many wait already.
    ///
    /// @param retryAfter when, at the speed of late, there will be room
    record QueueFull(int capacity, Duration retryAfter) implements EngineRejection {}

    /// The request's deadline has come before its last token.
    record DeadlineExceeded(Duration deadline) implements EngineRejection {}

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
            case QueueFull(int capacity, Duration retryAfter) ->
                    "all %d places in the queue are taken; try again in %d s"
                            .formatted(capacity, retryAfter.toSeconds());
            case DeadlineExceeded(Duration deadline) ->
                    "the request was not done within %d ms".formatted(deadline.toMillis());
            case Closed() -> "the engine is closed";
        };
    }
}
