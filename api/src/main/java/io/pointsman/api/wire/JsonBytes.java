package io.pointsman.api.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// JSON in the making, as UTF-8 bytes. Confined to one thread.
///
/// Strings may hold anything: half a surrogate pair, which UTF-8 cannot say, is written as an
/// escape, so that text cut in the middle of a character neither fails nor is lost.
final class JsonBytes {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] buffer;
    private int length;

    JsonBytes(int expectedLength) {
        buffer = new byte[Math.max(16, expectedLength)];
    }

    /// Appends `json` as it is.
    JsonBytes raw(String json) {
        return raw(json.getBytes(StandardCharsets.UTF_8));
    }

    /// Appends `json` as it is.
    JsonBytes raw(byte[] json) {
        return raw(json, 0, json.length);
    }

    /// Appends the bytes of `json` in [from, to) as they are.
    JsonBytes raw(byte[] json, int from, int to) {
        ensure(to - from);
        System.arraycopy(json, from, buffer, length, to - from);
        length += to - from;
        return this;
    }

    /// Appends what `json` holds so far.
    JsonBytes raw(JsonBytes json) {
        return raw(json.buffer, 0, json.length);
    }

    JsonBytes number(long value) {
        return raw(Long.toString(value));
    }

    /// Appends `text` as a JSON string, with its quotes.
    JsonBytes string(String text) {
        ensure(text.length() + 2);
        put('"');
        text(text);
        ensure(1);
        put('"');
        return this;
    }

    /// Appends `text` as a part of a JSON string.
    JsonBytes text(CharSequence text) {
        ensure(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
                ensure(1);
                put(c);
            } else if (c < 0x80) {
                escaped(c);
            } else if (c < 0x800) {
                ensure(2);
                put(0xC0 | (c >> 6));
                continuation(c);
            } else if (!Character.isSurrogate(c)) {
                ensure(3);
                put(0xE0 | (c >> 12));
                continuation(c >> 6);
                continuation(c);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                supplementary(Character.toCodePoint(c, text.charAt(++i)));
            } else {
                unicodeEscape(c);
            }
        }
        return this;
    }

    boolean isEmpty() {
        return length == 0;
    }

    byte[] toByteArray() {
        return length == buffer.length ? buffer : Arrays.copyOf(buffer, length);
    }

    private void escaped(char c) {
        switch (c) {
            case '"', '\\' -> shortEscape(c);
            case '\n' -> shortEscape('n');
            case '\r' -> shortEscape('r');
            case '\t' -> shortEscape('t');
            default -> unicodeEscape(c);
        }
    }

    private void shortEscape(char c) {
        ensure(2);
        put('\\');
        put(c);
    }

    private void unicodeEscape(char c) {
        ensure(6);
        put('\\');
        put('u');
        for (int shift = 12; shift >= 0; shift -= 4) {
            put(HEX[(c >> shift) & 0xF]);
        }
    }

    private void supplementary(int codePoint) {
        ensure(4);
        put(0xF0 | (codePoint >> 18));
        continuation(codePoint >> 12);
        continuation(codePoint >> 6);
        continuation(codePoint);
    }

    private void continuation(int bits) {
        put(0x80 | (bits & 0x3F));
    }

    private void put(int b) {
        buffer[length++] = (byte) b;
    }

    private void ensure(int more) {
        if (buffer.length - length < more) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
        }
    }
}
