package io.pointsman.gateway.accounting;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/// One line of JSON in the making. Confined to one thread.
///
/// Names of members have nothing to escape. Half a surrogate pair, which UTF-8 cannot say, becomes
/// a question mark.
final class JsonLine {

    private static final int TYPICAL_LENGTH = 1_024;
    private static final String HEX = "0123456789ABCDEF";
    private static final long NANOS_PER_MILLI = 1_000_000;

    /// The digits of a number of nanoseconds below a second.
    private static final int NANO_DIGITS = 9;

    /// Those of one below a millisecond.
    private static final int MILLI_DIGITS = 6;

    private final StringBuilder line = new StringBuilder(TYPICAL_LENGTH);
    private boolean first = true;

    /// Begins an object, which is the line or an element of a list.
    void begin() {
        separate();
        line.append('{');
        first = true;
    }

    void end() {
        line.append('}');
        first = false;
    }

    void beginList(String name) {
        name(name).append('[');
        first = true;
    }

    void endList() {
        line.append(']');
        first = false;
    }

    void nothing(String name) {
        name(name).append("null");
    }

    void flag(String name, boolean value) {
        name(name).append(value);
    }

    void number(String name, long value) {
        name(name).append(value);
    }

    void number(String name, double value) {
        name(name).append(value);
    }

    void number(String name, BigDecimal value) {
        name(name).append(value.toPlainString());
    }

    /// A time as milliseconds with a fraction.
    void millis(String name, long nanos) {
        name(name);
        if (nanos < 0) {
            line.append('-');
        }
        line.append(Math.abs(nanos / NANOS_PER_MILLI)).append('.');
        int rest = (int) Math.abs(nanos % NANOS_PER_MILLI);
        int digits = MILLI_DIGITS;
        while (digits > 1 && rest % 10 == 0) {
            rest /= 10;
            digits--;
        }
        digits(rest, digits);
    }

    /// A moment as [java.time.Instant#toString()] has it: so many nanoseconds after `second`, which
    /// is written without the `Z`.
    void text(String name, String second, int nanos) {
        name(name).append('"').append(second);
        if (nanos != 0) {
            int digits = NANO_DIGITS;
            int left = nanos;
            while (left % 1_000 == 0) {
                left /= 1_000;
                digits -= 3;
            }
            line.append('.');
            digits(left, digits);
        }
        line.append("Z\"");
    }

    /// The last `count` digits of `value`.
    private void digits(int value, int count) {
        int scale = 10;
        for (int i = 1; i < count; i++) {
            if (value < scale) {
                line.append('0');
            }
            scale *= 10;
        }
        line.append(value);
    }

    void text(String name, String value) {
        name(name).append('"');
        int from = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                escaped(c, value, from, i);
                from = i + 1;
            }
        }
        if (from == 0) {
            line.append(value);
        } else {
            line.append(value, from, value.length());
        }
        line.append('"');
    }

    /// Appends `value` in [from, to) and `c` after it.
    private void escaped(char c, String value, int from, int to) {
        line.append(value, from, to).append('\\');
        switch (c) {
            case '"', '\\' -> line.append(c);
            case '\n' -> line.append('n');
            case '\r' -> line.append('r');
            case '\t' -> line.append('t');
            default -> line.append("u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xF));
        }
    }

    /// The line as UTF-8.
    byte[] toByteArray() {
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    private StringBuilder name(String name) {
        separate();
        return line.append('"').append(name).append("\":");
    }

    private void separate() {
        if (!first) {
            line.append(',');
        }
        first = false;
    }
}
