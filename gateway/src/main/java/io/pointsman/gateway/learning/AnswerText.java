package io.pointsman.gateway.learning;

import io.pointsman.api.ChatEvent;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ThinkSplitter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Collects the text of an answer, up to a length; confined to one subscription.
final class AnswerText {

    private static final int LIMIT = 256 << 10;
    private static final JsonMapper JSON = new JsonMapper();

    private final StringBuilder content = new StringBuilder();
    private boolean readable = true;
    private ChatEvent.@Nullable Finished end;

    /// Takes the next event.
    void add(ChatEvent event) {
        switch (event) {
            case ChatEvent.Chunk(var json, var facts, _) -> {
                if (facts.content() && readable) {
                    add(json);
                }
                readable &= !facts.toolCall();
            }
            case ChatEvent.Finished finished -> end = finished;
        }
    }

    private void add(byte[] chunk) {
        try {
            for (var choice : JSON.readTree(chunk).path("choices")) {
                var text = choice.path("delta").path("content");
                if (choice.path("index").asInt(0) == 0 && text.isString()) {
                    content.append(text.stringValue());
                }
            }
        } catch (JacksonException _) {
            readable = false;
        }
        readable &= content.length() <= LIMIT;
    }

    /// The text without thinking, where it came to its own end; empty where it was cut, is too
    /// long, calls a tool or says nothing.
    Optional<String> whole() {
        if (!readable || end == null || end.reason() != FinishReason.STOP) {
            return Optional.empty();
        }
        var splitter = new ThinkSplitter(ThinkSplitter.Mode.AUTO);
        var text = splitter.push(content.toString()).content() + splitter.finish().content();
        return text.isBlank() ? Optional.empty() : Optional.of(text);
    }

    /// The tokens, as the end of the answer tells them.
    Usage usage() {
        return end == null ? Usage.NONE : end.usage();
    }
}
