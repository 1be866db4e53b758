package io.pointsman.gateway.accounting;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// A line of JSON in the making, byte for byte as Jackson would write it, in a buffer that is used
/// again and again. Confined to one thread.
///
/// What a record holds is nearly all short plain text and small numbers, for which this takes less
/// than half of Jackson's time; the rest is Jackson's to write.
final class JsonLine {

    private static final JsonFactory FACTORY = JsonFactory.builder().rootValueSeparator("").build();

    private static final int NANOS_PER_MILLI = 1_000_000;
    private static final int MILLI_DIGITS = 6;
    private static final int NANO_DIGITS = 9;

    /// Between these, milliseconds are written without an exponent, and in so few digits that no
    /// fewer would name the same `double`.
    private static final long LEAST_PLAIN_NANOS = 1_000;

    private static final long MOST_PLAIN_NANOS = 10_000_000_000_000L;

    private byte[] bytes = new byte[1_024];
    private int length;

    /// The latest second that was written, and its text.
    private long second = Long.MIN_VALUE;

    private byte[] secondText = {};

    /// The names of all members.
    enum Name {
        AT,
        ID,
        TENANT,
        MODEL,
        STREAM,
        OUTCOME,
        ROUTE,
        RULE,
        REASON,
        POLICY,
        DIFFICULTY,
        DOUBT,
        DIFFICULTY_UNKNOWN,
        ATTEMPTS,
        POOL,
        BACKEND,
        PROMPT_TOKENS,
        CACHED_TOKENS,
        COMPLETION_TOKENS,
        REASONING_TOKENS,
        ESTIMATED,
        ESTIMATES,
        COST_USD,
        REASONER_COST_USD,
        OVERHEAD_MS,
        TTFT_MS,
        TIME_TO_ANSWER_MS,
        TIME_PER_TOKEN_MS,
        CLASSIFICATION_MS,
        DURATION_MS,
        HEDGED,
        REQUEST_BYTES,
        RESPONSE_BYTES;

        @SuppressWarnings("ImmutableEnumChecker") // Nobody writes to it.
        private final byte[] member = ascii('"' + name().toLowerCase(Locale.ROOT) + "\":");
    }

    /// Begins anew.
    void clear() {
        length = 0;
    }

    /// Hands over all that was written.
    void writeTo(ByteArrayOutputStream to) {
        to.write(bytes, 0, length);
    }

    void begin(char bracket) {
        comma();
        put(bracket);
    }

    void end(char bracket) {
        put(bracket);
    }

    /// Begins the array that is the member `name`.
    void array(Name name) {
        name(name);
        put('[');
    }

    void member(Name name, String text) {
        name(name);
        string(text);
    }

    void member(Name name, long number) {
        name(name);
        integer(number);
    }

    void member(Name name, boolean fact) {
        name(name);
        raw(fact ? "true" : "false");
    }

    void member(Name name, double number) {
        name(name);
        raw(Double.toString(number));
    }

    /// Writes the digits `number`; null where there are none.
    void digits(Name name, @Nullable String number) {
        name(name);
        raw(number == null ? "null" : number);
    }

    /// Writes `nanos` as milliseconds, the way a `double` is written.
    void millis(Name name, long nanos) {
        name(name);
        if (nanos < LEAST_PLAIN_NANOS || nanos >= MOST_PLAIN_NANOS) {
            raw(Double.toString((double) nanos / NANOS_PER_MILLI));
            return;
        }
        integer(nanos / NANOS_PER_MILLI);
        put('.');
        int fraction = (int) (nanos % NANOS_PER_MILLI);
        int digits = MILLI_DIGITS;
        while (digits > 1 && fraction % 10 == 0) {
            fraction /= 10;
            digits--;
        }
        fraction(fraction, digits);
    }

    /// Writes `moment` the way it says itself.
    void member(Name name, Instant moment) {
        name(name);
        if (moment.getEpochSecond() != second) {
            second = moment.getEpochSecond();
            var text = Instant.ofEpochSecond(second).toString();
            secondText = ascii('"' + text.substring(0, text.length() - 1));
        }
        raw(secondText);
        int fraction = moment.getNano();
        if (fraction > 0) {
            put('.');
            int digits = NANO_DIGITS;
            while (fraction % 1_000 == 0) {
                fraction /= 1_000;
                digits -= 3;
            }
            fraction(fraction, digits);
        }
        raw("Z\"");
    }

    /// Writes an element of an array.
    void element(String text) {
        comma();
        string(text);
    }

    private void name(Name name) {
        comma();
        raw(name.member);
    }

    private void comma() {
        if (length > 0 && bytes[length - 1] != '{' && bytes[length - 1] != '[') {
            put(',');
        }
    }

    private void string(String text) {
        int characters = text.length();
        ensure(characters + 2);
        bytes[length] = '"';
        int at = length + 1;
        for (int i = 0; i < characters; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                unusual(text);
                return;
            }
            bytes[at + i] = (byte) c;
        }
        bytes[at + characters] = '"';
        length = at + characters + 1;
    }

    private void unusual(String text) {
        var json = new ByteArrayOutputStream();
        try (var generator = FACTORY.createGenerator(ObjectWriteContext.empty(), json)) {
            generator.writeString(text);
        }
        raw(json.toByteArray());
    }

    private void integer(long number) {
        if (number < 0 || number > Integer.MAX_VALUE) {
            raw(Long.toString(number));
            return;
        }
        int rest = (int) number;
        int digits = 1;
        for (int i = rest; i >= 10; i /= 10) {
            digits++;
        }
        fraction(rest, digits);
    }

    /// Writes the last `digits` digits of `number`.
    private void fraction(int number, int digits) {
        ensure(digits);
        length += digits;
        int rest = number;
        for (int at = length - 1; at >= length - digits; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    private void raw(String ascii) {
        int more = ascii.length();
        ensure(more);
        for (int i = 0; i < more; i++) {
            bytes[length + i] = (byte) ascii.charAt(i);
        }
        length += more;
    }

    private void raw(byte[] json) {
        ensure(json.length);
        System.arraycopy(json, 0, bytes, length, json.length);
        length += json.length;
    }

    private void put(char c) {
        ensure(1);
        bytes[length++] = (byte) c;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
