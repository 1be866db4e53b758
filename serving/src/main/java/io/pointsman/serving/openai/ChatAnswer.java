package io.pointsman.serving.openai;

import io.pointsman.api.ChatEvent;
import io.pointsman.api.wire.ChunkWriter;
import io.pointsman.serving.engine.Token;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// A chat completion under way: an engine's tokens as chunks. Confined to the thread that signals
/// them.
public final class ChatAnswer {

    private static final byte[] NO_LOGPROBS = {};

    private final ChunkWriter writer;
    private final Tokenizer tokenizer;
    private final BitSet begun = new BitSet();
    private int open;

    /// @param choices how many choices there will be
    public ChatAnswer(ChunkWriter writer, Tokenizer tokenizer, int choices) {
        this.writer = writer;
        this.tokenizer = tokenizer;
        open = choices;
    }

    /// What `token` adds: chunks, and behind the last of all choices the usage and the end.
    public List<ChatEvent> events(Token token) {
        var events = new ArrayList<ChatEvent>(4);
        int choice = token.choice();
        if (!begun.get(choice)) {
            events.add(writer.role(choice));
            begun.set(choice);
        }
        if (!token.text().isEmpty() || token.logprobs().isPresent()) {
            var logprobs =
                    token.logprobs()
                            .map(told ->
                                    Logprobs.chat(tokenizer, token.id(), told)
                                            .getBytes(StandardCharsets.UTF_8))
                            .orElse(NO_LOGPROBS);
            events.add(writer.text(choice, token.reasoning(), token.text(), logprobs));
        }
        token.end().ifPresent(end -> addEnd(choice, end, events));
        return events;
    }

    private void addEnd(int choice, Token.End end, List<ChatEvent> events) {
        events.add(writer.finish(choice, end.reason()));
        if (--open == 0) {
            events.add(writer.usage(end.usage()));
            events.add(new ChatEvent.Finished(end.reason(), end.usage()));
        }
    }
}
