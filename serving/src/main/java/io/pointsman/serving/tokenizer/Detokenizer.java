package io.pointsman.serving.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Turns a sequence's tokens into text as they come, confined to its sequence's thread. Bytes that
/// do not yet make a whole code point wait for the next token; bytes that never will become U+FFFD.
public final class Detokenizer {

    private final Tokenizer tokenizer;
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private ByteBuffer bytes = ByteBuffer.allocate(64);
    private CharBuffer characters = CharBuffer.allocate(64);

    Detokenizer(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /// The code points that `token` completes.
    public String add(int token) {
        var more = tokenizer.bytes(token);
        reserve(bytes.position() + more.length);
        bytes.put(more);
        return decode(false);
    }

    /// Whether no character has only begun.
    public boolean whole() {
        return bytes.position() == 0;
    }

    /// What is left at the end of a text: U+FFFD for a code point that was never completed, else
    /// nothing. The next token begins another text.
    public String finish() {
        var text = decode(true);
        decoder.reset();
        return text;
    }

    private String decode(boolean last) {
        bytes.flip();
        characters.clear();
        decoder.decode(bytes, characters, last);
        if (last) {
            decoder.flush(characters);
            bytes.clear();
        } else {
            bytes.compact();
        }
        return characters.flip().toString();
    }

    private void reserve(int size) {
        if (size > bytes.capacity()) {
            bytes = ByteBuffer.allocate(2 * size).put(bytes.flip());
            characters = CharBuffer.allocate(2 * size);
        }
    }
}
