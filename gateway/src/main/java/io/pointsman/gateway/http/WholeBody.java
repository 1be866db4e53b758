package io.pointsman.gateway.http;

import io.pointsman.api.ChatEvent;
import io.pointsman.api.wire.ChunkAggregator;
import io.pointsman.api.wire.ChunkWriter;
import org.jspecify.annotations.Nullable;

/// The one `chat.completion` that the chunks of an answer fold into, for a client that does not
/// stream; confined to one subscription.
final class WholeBody {

    private final ChunkAggregator chunks = new ChunkAggregator();
    private byte @Nullable [] lastChunk;
    private boolean counted;

    /// Takes the next event. The usage is told even where the backend sent none.
    WholeBody add(ChatEvent event) {
        switch (event) {
            case ChatEvent.Chunk(var json, var facts) -> {
                chunks.add(json);
                lastChunk = json;
                counted |= facts.usage().isPresent();
            }
            case ChatEvent.Finished(_, var usage) -> {
                if (!counted && lastChunk != null) {
                    chunks.add(ChunkWriter.usage(lastChunk, usage).json());
                }
            }
        }
        return this;
    }

    /// The completion.
    byte[] json() {
        return chunks.completion();
    }
}
