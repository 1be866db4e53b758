package io.pointsman.gateway.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.wire.ChunkAggregator;
import io.pointsman.api.wire.ChunkWriter;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The one `chat.completion` that the chunks of an answer fold into, for a client that does not
/// stream; confined to one thread. Newlines before it keep the connection alive.
final class WholeBody implements AnswerBody {

    private static final byte[] NEWLINE = {'\n'};

    private final ChunkAggregator chunks = new ChunkAggregator();
    private final Function<Boolean, Facts> facts;
    private byte @Nullable [] lastChunk;
    private boolean counted;
    private boolean ended;

    /// @param facts what is known of the request, by whether its answer is complete
    WholeBody(Function<Boolean, Facts> facts) {
        this.facts = facts;
    }

    /// The usage is told even where the backend sent none.
    @Override
    public void add(ChatEvent event, Frames frames) {
        switch (event) {
            case ChatEvent.Chunk chunk -> {
                var scanned = chunk.facts();
                chunks.add(chunk);
                lastChunk = chunk.json();
                counted |= scanned.usage().isPresent() && !scanned.choices();
            }
            case ChatEvent.Finished(_, var usage) -> {
                if (!counted && lastChunk != null) {
                    chunks.add(ChunkWriter.usage(lastChunk, usage).json());
                }
                frames.raw(chunks.completion());
                ended = true;
            }
        }
    }

    @Override
    public boolean start(HttpHeaders headers, int length) {
        boolean whole = length >= 0;
        if (whole) {
            Replies.json(headers, length);
        } else {
            Replies.json(headers);
        }
        facts.apply(whole).write(headers);
        return whole;
    }

    @Override
    public byte[] ping() {
        return NEWLINE;
    }

    @Override
    public void fail(byte[] error, Frames frames) {
        frames.raw(error);
        ended = true;
    }

    @Override
    public boolean ended() {
        return ended;
    }
}
