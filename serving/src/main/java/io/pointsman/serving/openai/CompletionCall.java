package io.pointsman.serving.openai;

import io.pointsman.serving.engine.GenerationRequest;

/// A call as the client meant it.
///
/// @param model the model it asks for; empty if it does not say
/// @param generation what to generate
/// @param stream whether it wants the answer piece by piece
/// @param includeUsage whether a stream is to end with the tokens it took
public record CompletionCall(
        String model, GenerationRequest generation, boolean stream, boolean includeUsage) {}
