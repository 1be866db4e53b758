package io.pointsman.serving.chat;

import io.pointsman.api.Message;
import io.pointsman.api.Role;
import io.pointsman.serving.gguf.GgufException;
import io.pointsman.serving.gguf.Metadata;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.util.List;

/// The bundled models' format: they were trained on single questions, so they see the last user
/// turn and nothing else. A model whose template mentions `<think>` begins with a thought.
///
/// @param opening what stands before the question
/// @param closing what stands behind it
record LastUserTurn(Tokenizer tokenizer, TokenIds opening, TokenIds closing) implements ChatFormat {

    static LastUserTurn of(Metadata metadata, Tokenizer tokenizer) {
        var template = metadata.text("tokenizer.chat_template").orElse("");
        var closing = special(tokenizer, "<asst>");
        return new LastUserTurn(
                tokenizer,
                special(tokenizer, "<user>"),
                template.contains("<think>")
                        ? closing.plus(special(tokenizer, "<think>"))
                        : closing);
    }

    @Override
    public TokenIds render(List<Message> messages) {
        for (var message : messages.reversed()) {
            if (message.role() == Role.USER) {
                return opening.plus(tokenizer.encode(message.text())).plus(closing);
            }
        }
        throw new IllegalArgumentException("there is no user message");
    }

    private static TokenIds special(Tokenizer tokenizer, String name) {
        return TokenIds.of(
                tokenizer
                        .special(name)
                        .orElseThrow(() ->
                                new GgufException(
                                        "the vocabulary has no control token "
                                                + name
                                                + ", which this chat format needs")));
    }
}
