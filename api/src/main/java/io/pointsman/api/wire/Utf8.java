package io.pointsman.api.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Checks bytes for being UTF-8 as [RFC 3629](https://www.rfc-editor.org/rfc/rfc3629) has it. JSON
/// parsers let overlong forms pass, which the next server may read as another text.
final class Utf8 {

    private static final VarHandle EIGHT =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /// The bits of eight bytes that are not ASCII.
    private static final long NOT_ASCII = 0x8080808080808080L;

    private Utf8() {}

    /// Where `bytes` stop being UTF-8, or -1 where they are to the end.
    static int firstMalformed(byte[] bytes) {
        int at = afterAscii(bytes, 0);
        while (at < bytes.length) {
            int length = sequence(bytes, at);
            if (length == 0) {
                return at;
            }
            at += length;
            if (at < bytes.length && bytes[at] >= 0) {
                at = afterAscii(bytes, at);
            }
        }
        return -1;
    }

    /// The first byte from `from` on that is not ASCII, or the end.
    private static int afterAscii(byte[] bytes, int from) {
        int at = from;
        int last = bytes.length - Long.BYTES;
        while (at <= last && ((long) EIGHT.get(bytes, at) & NOT_ASCII) == 0) {
            at += Long.BYTES;
        }
        while (at < bytes.length && bytes[at] >= 0) {
            at++;
        }
        return at;
    }

    /// The length of the well-formed sequence of several bytes at `at`, or 0 where there is none.
    static int sequence(byte[] bytes, int at) {
        int lead = bytes[at] & 0xFF;
        if (lead < 0xC2) {
            return 0;
        }
        if (lead < 0xE0) {
            return within(bytes, at + 1, 0x80, 0xBF) ? 2 : 0;
        }
        if (lead < 0xF0) {
            // Neither overlong nor half a surrogate pair.
            return within(bytes, at + 1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF)
                            && within(bytes, at + 2, 0x80, 0xBF)
                    ? 3
                    : 0;
        }
        // Neither overlong nor beyond the last code point.
        return lead < 0xF5
                        && within(
                                bytes,
                                at + 1,
                                lead == 0xF0 ? 0x90 : 0x80,
                                lead == 0xF4 ? 0x8F : 0xBF)
                        && within(bytes, at + 2, 0x80, 0xBF)
                        && within(bytes, at + 3, 0x80, 0xBF)
                ? 4
                : 0;
    }

    /// What the well-formed sequence of `length` bytes, two or more, at `at` stands for.
    static int codePoint(byte[] bytes, int at, int length) {
        int code = bytes[at] & (0x7F >> length);
        for (int i = at + 1; i < at + length; i++) {
            code = code << 6 | (bytes[i] & 0x3F);
        }
        return code;
    }

    private static boolean within(byte[] bytes, int at, int least, int most) {
        return at < bytes.length && (bytes[at] & 0xFF) >= least && (bytes[at] & 0xFF) <= most;
    }
}
