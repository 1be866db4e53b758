package io.pointsman.gateway.config;

import io.pointsman.api.wire.ReasoningField;
import io.pointsman.api.wire.ReasoningTokens;
import io.pointsman.api.wire.RequestRules;

/// In what a backend's requests and answers differ from OpenAI's. Immutable.
///
/// @param requests how requests are changed for it
/// @param reasoningField what its thinking is called in answers to clients
/// @param reasoningTokens how it counts thinking
/// @param repeatedChunks after how many chunks with the same text an answer is stopped; 0 for never
/// @param maxResponseBytes the longest answer that is taken from it
public record Dialect(
        RequestRules requests,
        ReasoningField reasoningField,
        ReasoningTokens reasoningTokens,
        int repeatedChunks,
        long maxResponseBytes) {

    static final Dialect DEFAULT =
            new Dialect(
                    RequestRules.NONE,
                    Defaults.REASONING_FIELD,
                    Defaults.REASONING_TOKENS,
                    Defaults.REPEATED_CHUNKS,
                    Defaults.MAX_RESPONSE_BYTES);
}
