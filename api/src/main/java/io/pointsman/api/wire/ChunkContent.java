package io.pointsman.api.wire;

/// What was found in a chunk when it was read, for those who read it again. Nobody depends on it:
/// all of it is in the chunk's bytes.
public sealed interface ChunkContent permits ChunkContent.Unread, ChunkFields, ChunkText {

    /// Nothing is known but the bytes.
    ChunkContent UNREAD = Unread.UNREAD;

    /// A chunk that was written or edited here.
    enum Unread implements ChunkContent {
        UNREAD
    }
}
