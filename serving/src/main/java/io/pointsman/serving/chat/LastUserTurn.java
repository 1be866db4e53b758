package io.pointsman.serving.chat;

import io.pointsman.serving.gguf.GgufException;
import io.pointsman.serving.gguf.Metadata;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
    public TokenIds render(Conversation conversation) {
        for (var message : conversation.messages().reversed()) {
            if ("user".equals(message.get("role"))) {
                return opening.plus(tokenizer.encode(text(message.get("content")))).plus(closing);
            }
        }
        throw new IllegalArgumentException("there is no user message");
    }

    private static String text(@Nullable Object content) {
        return switch (content) {
            case null -> "";
            case List<?> parts ->
                    parts.stream()
                            .map(part -> part instanceof Map<?, ?> map ? map.get("text") : null)
                            .filter(String.class::isInstance)
                            .map(String.class::cast)
                            .collect(Collectors.joining("\n"));
            default -> content.toString();
        };
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
