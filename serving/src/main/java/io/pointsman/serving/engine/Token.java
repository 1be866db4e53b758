package io.pointsman.serving.engine;

import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import java.util.Optional;

/// One generated token.
///
/// @param id the model's id of it
/// @param text the whole characters that it completes; often those of earlier tokens too, and empty
///   for control tokens, for half a character, and while the text may yet become a stop text
/// @param reasoning whether `text` belongs to the thinking rather than to the answer
/// @param end there on the last token only
public record Token(int id, String text, boolean reasoning, Optional<End> end) {

    /// How a sequence ended, and what it took.
    public record End(FinishReason reason, Usage usage) {}
}
