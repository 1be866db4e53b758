package io.pointsman.serving.chat;

import io.pointsman.serving.gguf.Metadata;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;

/// Renders conversations for one model; immutable. Whatever a message says is text: it never
/// becomes a control token.
@FunctionalInterface
public interface ChatFormat {

    /// The prompt after which the model's answer follows.
    ///
    /// @throws IllegalArgumentException where the format cannot express the conversation
    TokenIds render(Conversation conversation);

    /// The format of the model whose file has this metadata and tokenizer.
    ///
    /// @throws io.pointsman.serving.gguf.GgufException where it is not a known one
    static ChatFormat of(Metadata metadata, Tokenizer tokenizer) {
        return LastUserTurn.of(metadata, tokenizer);
    }
}
