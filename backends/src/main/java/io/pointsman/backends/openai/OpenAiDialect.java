package io.pointsman.backends.openai;

import io.pointsman.api.wire.ReasoningField;
import io.pointsman.api.wire.ReasoningTokens;
import io.pointsman.api.wire.RequestRules;

/// In what a server's requests and answers differ from OpenAI's, and how much of an answer is taken
/// from it. Immutable.
///
/// @param requests how requests are changed for it
/// @param reasoningField what its thinking is called in answers to clients
/// @param reasoningTokens how it counts thinking
/// @param repeatedChunks after how many chunks with the same text an answer counts as stuck; 0 for
///   never
/// @param maxResponseBytes the longest answer, framing included
public record OpenAiDialect(
        RequestRules requests,
        ReasoningField reasoningField,
        ReasoningTokens reasoningTokens,
        int repeatedChunks,
        long maxResponseBytes) {

    /// OpenAI's own, with bounds that no sane answer meets.
    public static final OpenAiDialect DEFAULT =
            new OpenAiDialect(
                    RequestRules.NONE, ReasoningField.AS_IS, ReasoningTokens.AUTO, 100, 64 << 20);

    public OpenAiDialect {
        if (repeatedChunks < 0 || maxResponseBytes < 1) {
            throw new IllegalArgumentException("bounds on answers are positive");
        }
    }
}
