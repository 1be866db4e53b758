package io.pointsman.api;

import io.pointsman.api.wire.ChunkContent;
import io.pointsman.api.wire.ChunkFacts;

/// What a backend sends while it answers: any number of chunks, then [Finished] exactly once; a
/// failure is the stream's error instead, never after [Finished].
public sealed interface ChatEvent {

    /// One `chat.completion.chunk`.
    ///
    /// @param json the chunk as UTF-8 JSON, without SSE framing; not to be modified
    /// @param facts what was scanned from it
    /// @param content what else is known of it
    record Chunk(byte[] json, ChunkFacts facts, ChunkContent content) implements ChatEvent {

        /// A chunk of which no more than the facts is known.
        public Chunk(byte[] json, ChunkFacts facts) {
            this(json, facts, ChunkContent.UNREAD);
        }
    }

    /// The clean end of the answer.
    ///
    /// @param reason why the (first) completion ended
    /// @param usage the tokens, over all choices
    record Finished(FinishReason reason, Usage usage) implements ChatEvent {}
}
