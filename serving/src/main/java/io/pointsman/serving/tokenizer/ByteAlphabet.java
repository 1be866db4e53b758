package io.pointsman.serving.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// GPT-2's way of writing bytes as printable characters: those that print stand for themselves, the
/// others for characters from U+0100 on.
final class ByteAlphabet {

    private static final char[] CHARACTERS = new char[256];
    private static final short[] BYTES = new short[0x180];

    static {
        Arrays.fill(BYTES, (short) -1);
        char next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean prints = (b > 0x20 && b < 0x7f) || (b > 0xa0 && b != 0xad);
            CHARACTERS[b] = prints ? (char) b : next++;
            BYTES[CHARACTERS[b]] = (short) b;
        }
    }

    private ByteAlphabet() {}

    /// The character that stands for the byte `b`, 0 to 255.
    static char character(int b) {
        return CHARACTERS[b];
    }

    /// The bytes that `text` stands for; a character outside the alphabet stands for its own UTF-8.
    static byte[] bytes(String text) {
        var bytes = new ByteArrayOutputStream(text.length());
        text.codePoints()
                .forEach(point -> {
                    if (point < BYTES.length && BYTES[point] >= 0) {
                        bytes.write(BYTES[point]);
                    } else {
                        bytes.writeBytes(
                                Character.toString(point).getBytes(StandardCharsets.UTF_8));
                    }
                });
        return bytes.toByteArray();
    }
}
