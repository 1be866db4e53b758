package io.pointsman.api.wire;

import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import java.util.Optional;

/// What one `chat.completion.chunk` holds, as far as the gateway must know.
///
/// @param content whether a delta carries answer text (or a refusal), not empty
/// @param reasoning whether a delta carries thinking, not empty
/// @param toolCall whether a delta carries a tool call
/// @param choices whether `choices` has an element; the usage chunk's is empty
/// @param finishReason why the first choice ended, in the chunk that says so
/// @param usage the token counts, in the chunk that has them
public record ChunkFacts(
        boolean content,
        boolean reasoning,
        boolean toolCall,
        boolean choices,
        Optional<FinishReason> finishReason,
        Optional<Usage> usage) {

    /// Whether a reader gets something to see: the moment that counts as the first token.
    public boolean visible() {
        return content || reasoning || toolCall;
    }
}
