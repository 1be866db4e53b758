package io.pointsman.serving.chat;

import io.pointsman.serving.gguf.GgufException;
import io.pointsman.serving.gguf.Metadata;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.time.InstantSource;

/// Renders conversations for one model; immutable. Whatever a message says is text: it never
/// becomes a control token.
@FunctionalInterface
public interface ChatFormat {

    /// The prompt after which the model's answer follows.
    ///
    /// @throws IllegalArgumentException where the format cannot express the conversation
    TokenIds render(Conversation conversation);

    /// Whether the arguments of a tool call are to be an object rather than the text that clients
    /// send.
    default boolean wantsArgumentsAsObjects() {
        return false;
    }

    /// The format of the model whose file has this metadata and tokenizer: its
    /// `tokenizer.chat_template`. Where the file has none, each rendering says so, for there is
    /// still text to complete.
    ///
    /// @throws GgufException where the template is not one
    static ChatFormat of(Metadata metadata, Tokenizer tokenizer) {
        var template = metadata.text("tokenizer.chat_template");
        if (template.isEmpty()) {
            return _ -> {
                throw new IllegalArgumentException(
                        "its file has no chat template; /v1/completions takes text");
            };
        }
        try {
            return of(template.get(), metadata, tokenizer);
        } catch (IllegalArgumentException e) {
            throw new GgufException("tokenizer.chat_template: " + e.getMessage(), e);
        }
    }

    /// The format that a template in Jinja describes.
    ///
    /// @throws IllegalArgumentException where it is not one
    static ChatFormat of(String template, Metadata metadata, Tokenizer tokenizer) {
        return TemplateFormat.of(template, metadata, tokenizer, InstantSource.system());
    }
}
