package io.pointsman.gateway.accounting;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One line of JSON in the making, as UTF-8 bytes. Confined to one thread.
///
/// Names of members have nothing to escape. Half a surrogate pair, which UTF-8 cannot say, becomes
/// a question mark.
final class JsonLine {

    private static final int TYPICAL_LENGTH = 1_024;
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
    private static final long NANOS_PER_MILLI = 1_000_000;

    /// The digits of a number of nanoseconds below a second.
    private static final int NANO_DIGITS = 9;

    /// Those of one below a millisecond.
    private static final int MILLI_DIGITS = 6;

    /// The last second that was written, since all of a batch came in it or the next.
    private static volatile @Nullable Second latest;

    private byte[] buffer = new byte[TYPICAL_LENGTH];
    private int length;
    private boolean first = true;

    /// A second, and how a date in it begins.
    private record Second(long number, String text) {}

    /// Begins an object, which is the line or an element of a list.
    void begin() {
        separate();
        put('{');
        first = true;
    }

    void end() {
        put('}');
        first = false;
    }

    void beginList(String name) {
        name(name);
        put('[');
        first = true;
    }

    void endList() {
        put(']');
        first = false;
    }

    void nothing(String name) {
        name(name);
        ascii("null");
    }

    void flag(String name, boolean value) {
        name(name);
        ascii(value ? "true" : "false");
    }

    void number(String name, long value) {
        name(name);
        ascii(Long.toString(value));
    }

    void number(String name, double value) {
        name(name);
        ascii(Double.toString(value));
    }

    void number(String name, BigDecimal value) {
        name(name);
        ascii(value.toPlainString());
    }

    /// A time as milliseconds with a fraction.
    void millis(String name, long nanos) {
        name(name);
        if (nanos < 0) {
            put('-');
        }
        ascii(Long.toString(Math.abs(nanos / NANOS_PER_MILLI)));
        put('.');
        int rest = (int) Math.abs(nanos % NANOS_PER_MILLI);
        int digits = MILLI_DIGITS;
        while (digits > 1 && rest % 10 == 0) {
            rest /= 10;
            digits--;
        }
        digits(rest, digits);
    }

    /// A moment as [Instant#toString()] has it.
    void text(String name, Instant moment) {
        name(name);
        put('"');
        ascii(second(moment.getEpochSecond()));
        int nanos = moment.getNano();
        if (nanos != 0) {
            int digits = NANO_DIGITS;
            while (nanos % 1_000 == 0) {
                nanos /= 1_000;
                digits -= 3;
            }
            put('.');
            digits(nanos, digits);
        }
        put('Z');
        put('"');
    }

    private static String second(long number) {
        var known = latest;
        if (known == null || known.number() != number) {
            var text = Instant.ofEpochSecond(number).toString();
            known = new Second(number, text.substring(0, text.length() - 1));
            latest = known;
        }
        return known.text();
    }

    void text(String name, String value) {
        name(name);
        ensure(value.length() + 2);
        buffer[length++] = '"';
        int plain = 0;
        while (plain < value.length() && plain(value.charAt(plain))) {
            buffer[length++] = (byte) value.charAt(plain++);
        }
        if (plain < value.length()) {
            rest(value, plain);
        }
        put('"');
    }

    private void rest(String value, int from) {
        for (int i = from; i < value.length(); i++) {
            char c = value.charAt(i);
            if (plain(c)) {
                put(c);
            } else if (c < 0x80) {
                escaped(c);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                encoded(Character.toCodePoint(c, value.charAt(++i)));
            } else {
                encoded(Character.isSurrogate(c) ? '?' : c);
            }
        }
    }

    /// Whether it is a byte and nothing to escape.
    private static boolean plain(char c) {
        return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
    }

    /// The line.
    byte[] toByteArray() {
        return Arrays.copyOf(buffer, length);
    }

    private void name(String name) {
        ensure(name.length() + 4);
        separate();
        buffer[length++] = '"';
        for (int i = 0; i < name.length(); i++) {
            buffer[length++] = (byte) name.charAt(i);
        }
        buffer[length++] = '"';
        buffer[length++] = ':';
    }

    private void separate() {
        if (!first) {
            put(',');
        }
        first = false;
    }

    private void escaped(char c) {
        put('\\');
        switch (c) {
            case '"', '\\' -> put(c);
            case '\n' -> put('n');
            case '\r' -> put('r');
            case '\t' -> put('t');
            default -> {
                ascii("u00");
                put(HEX[c >> 4]);
                put(HEX[c & 0xF]);
            }
        }
    }

    private void encoded(int codePoint) {
        if (codePoint < 0x80) {
            put(codePoint);
        } else if (codePoint < 0x800) {
            put(0xC0 | (codePoint >> 6));
            put(0x80 | (codePoint & 0x3F));
        } else if (codePoint < 0x10000) {
            put(0xE0 | (codePoint >> 12));
            put(0x80 | ((codePoint >> 6) & 0x3F));
            put(0x80 | (codePoint & 0x3F));
        } else {
            put(0xF0 | (codePoint >> 18));
            put(0x80 | ((codePoint >> 12) & 0x3F));
            put(0x80 | ((codePoint >> 6) & 0x3F));
            put(0x80 | (codePoint & 0x3F));
        }
    }

    /// The last `count` digits of `value`.
    private void digits(int value, int count) {
        ensure(count);
        int left = value;
        for (int at = length + count - 1; at >= length; at--) {
            buffer[at] = (byte) ('0' + left % 10);
            left /= 10;
        }
        length += count;
    }

    private void ascii(String text) {
        ensure(text.length());
        for (int i = 0; i < text.length(); i++) {
            buffer[length++] = (byte) text.charAt(i);
        }
    }

    private void put(int b) {
        ensure(1);
        buffer[length++] = (byte) b;
    }

    private void ensure(int more) {
        if (buffer.length - length < more) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
        }
    }
}
