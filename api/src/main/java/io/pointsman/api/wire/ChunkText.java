package io.pointsman.api.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The text of a chunk that says nothing else than its like. Immutable.
///
/// @param form what it is like
/// @param json the chunk's bytes
/// @param from where the inside of the text's string is in them
/// @param to the byte behind it
/// @param decoded the text; null where its bytes are ASCII and stand for themselves
record ChunkText(ChunkForm form, byte[] json, int from, int to, @Nullable String decoded)
        implements ChunkContent {

    /// How many characters it has.
    int length() {
        return decoded == null ? to - from : decoded.length();
    }

    int hash() {
        return decoded == null
                ? ChunkReader.hash(json, from, to - from)
                : ChunkReader.hash(decoded);
    }

    String text() {
        return decoded == null
                ? new String(json, from, to - from, StandardCharsets.ISO_8859_1)
                : decoded;
    }

    /// Appends the text to `all`.
    void appendTo(JsonText all) {
        if (decoded == null) {
            all.plain(json, from, to);
        } else {
            all.append(decoded);
        }
    }
}
