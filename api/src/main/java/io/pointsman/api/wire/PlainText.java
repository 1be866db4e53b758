package io.pointsman.api.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Finds the text in JSON strings that stands for itself: ASCII without escapes.
final class PlainText {

    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = ONES << 7;
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';
    private static final long BLANKS = ONES * ' ';

    private PlainText() {}

    /// The first byte of `json` from `from` on that is a quote, a backslash, a control character or
    /// not ASCII; the end where there is none.
    ///
    /// Eight bytes are looked at together. What is subtracted borrows from a byte's high bit where
    /// the byte is less, and from the next byte only where it has been found already.
    static int end(byte[] json, int from) {
        int at = from;
        for (int last = json.length - Long.BYTES; at <= last; at += Long.BYTES) {
            long word = (long) WORDS.get(json, at);
            long found =
                    (((word ^ QUOTES) - ONES)
                                    | ((word ^ BACKSLASHES) - ONES)
                                    | (word - BLANKS)
                                    | word)
                            & HIGH_BITS;
            if (found != 0) {
                return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
            }
        }
        while (at < json.length && json[at] >= ' ' && json[at] != '"' && json[at] != '\\') {
            at++;
        }
        return at;
    }

    /// The character that `c` stands for behind a backslash; -1 for none, or one told by its
    /// number.
    static int unescaped(byte c) {
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            default -> -1;
        };
    }
}
