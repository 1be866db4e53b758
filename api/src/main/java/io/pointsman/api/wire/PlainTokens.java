package io.pointsman.api.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/// The tokens of JSON as servers usually write it, found without a parser's tables and buffers.
/// Confined to one thread.
///
/// It takes less than JSON allows and nothing that JSON does not: whatever is wrong, large, deep or
/// rare is [Unusual], and for a parser to judge from the start.
final class PlainTokens implements JsonTokens {

    /// Longer texts could come to one of the limits that a parser has.
    private static final int MAX_LENGTH = 1 << 20;

    private static final int MAX_NAME_LENGTH = 1_000;
    private static final int MAX_FLOAT_LENGTH = 100;
    private static final int MAX_DIGITS = 18;

    /// As many levels as there are bits to remember them.
    private static final int MAX_DEPTH = Long.SIZE;

    private final byte[] json;

    /// The next byte to look at.
    private int at;

    /// Whether the first token is taken for granted.
    private final boolean opened;

    private JsonToken token = JsonToken.NOT_AVAILABLE;
    private int from;
    private int to;

    /// What encloses the token, the innermost in the lowest bit: 1 for an object.
    private long levels;

    private int depth;
    private long integer;

    /// Whether the string at hand has bytes that are not ASCII.
    private boolean wide;

    private boolean escaped;

    /// Whether one of its escapes tells a character by its number.
    private boolean numbered;

    /// Reads `json` from its start, or as if its first `known` bytes were an object's brace.
    PlainTokens(byte[] json, int known) {
        if (json.length > MAX_LENGTH) {
            throw new Unusual();
        }
        this.json = json;
        opened = known > 0;
        at = known;
    }

    @Override
    public JsonToken next() {
        token = read();
        return token;
    }

    @Override
    public @Nullable String nextName() {
        return next() == JsonToken.PROPERTY_NAME ? KnownNames.name(json, from + 1, to - 1) : null;
    }

    @Override
    public JsonToken current() {
        return token;
    }

    @Override
    public void skipChildren() {
        if (token.isStructStart()) {
            int outer = depth - 1;
            while (depth > outer) {
                next();
            }
        }
    }

    @Override
    public int start() {
        return from;
    }

    @Override
    public int end() {
        skipChildren();
        return to;
    }

    @Override
    public String string() {
        if (token != JsonToken.VALUE_STRING) {
            return new String(json, from, to - from, StandardCharsets.ISO_8859_1);
        }
        if (numbered) {
            return unescapedNumbers();
        }
        if (escaped) {
            return unescaped();
        }
        var charset = wide ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
        return new String(json, from + 1, to - from - 2, charset);
    }

    @Override
    public long integer() {
        return integer;
    }

    private JsonToken read() {
        if (token == JsonToken.NOT_AVAILABLE) {
            return opened || afterBlanks() == '{' ? open(JsonToken.START_OBJECT) : unusual();
        }
        if (depth == 0) {
            return unusual();
        }
        byte c = afterBlanks();
        if (token == JsonToken.PROPERTY_NAME) {
            return value(c);
        }
        boolean object = (levels & 1) == 1;
        if (c == (object ? '}' : ']')) {
            return close(object ? JsonToken.END_OBJECT : JsonToken.END_ARRAY);
        }
        if (!token.isStructStart()) {
            if (c != ',') {
                return unusual();
            }
            at++;
            c = afterBlanks();
        }
        return object ? name(c) : value(c);
    }

    private JsonToken open(JsonToken start) {
        if (depth == MAX_DEPTH) {
            return unusual();
        }
        from = at++;
        to = at;
        levels = levels << 1 | (start == JsonToken.START_OBJECT ? 1 : 0);
        depth++;
        return start;
    }

    private JsonToken close(JsonToken end) {
        from = at++;
        to = at;
        levels >>>= 1;
        depth--;
        return end;
    }

    private JsonToken name(byte c) {
        if (c != '"') {
            return unusual();
        }
        readString();
        if (wide || escaped || to - from > MAX_NAME_LENGTH || afterBlanks() != ':') {
            return unusual();
        }
        at++;
        return JsonToken.PROPERTY_NAME;
    }

    private JsonToken value(byte c) {
        return switch (c) {
            case '"' -> readString();
            case '{' -> open(JsonToken.START_OBJECT);
            case '[' -> open(JsonToken.START_ARRAY);
            case 'n' -> literal("null", JsonToken.VALUE_NULL);
            case 't' -> literal("true", JsonToken.VALUE_TRUE);
            case 'f' -> literal("false", JsonToken.VALUE_FALSE);
            default -> number(c);
        };
    }

    private JsonToken literal(String word, JsonToken literal) {
        from = at;
        to = from + word.length();
        if (to > json.length) {
            return unusual();
        }
        while (at < to && json[at] == word.charAt(at - from)) {
            at++;
        }
        return at == to ? literal : unusual();
    }

    private JsonToken readString() {
        from = at++;
        wide = false;
        escaped = false;
        numbered = false;
        while (true) {
            if (at < json.length && json[at] >= 0) {
                at = PlainText.end(json, at);
            }
            if (at == json.length) {
                return unusual();
            }
            byte c = json[at];
            if (c == '"') {
                to = ++at;
                return JsonToken.VALUE_STRING;
            }
            int length = c == '\\' ? escape(at) : Utf8.sequence(json, at);
            if (length == 0) {
                return unusual();
            }
            escaped |= c == '\\';
            numbered |= c == '\\' && json[at + 1] == 'u';
            wide |= c < 0;
            at += length;
        }
    }

    /// The length of the escape at `from`, 0 where it is none.
    private int escape(int from) {
        if (from + 1 == json.length) {
            return 0;
        }
        if (json[from + 1] == 'u') {
            return hex(from + 2) < 0 ? 0 : 6;
        }
        return PlainText.unescaped(json[from + 1]) < 0 ? 0 : 2;
    }

    /// The number that the four digits at `from` are; negative where they are none.
    private int hex(int from) {
        if (from + 4 > json.length) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            value = value << 4 | Character.digit(json[i], 16);
            if (value < 0) {
                return -1;
            }
        }
        return value;
    }

    private String unescaped() {
        var text = new byte[to - from];
        int count = 0;
        int i = from + 1;
        while (i < to - 1) {
            int end = PlainText.end(json, i);
            System.arraycopy(json, i, text, count, end - i);
            count += end - i;
            i = end;
            if (json[i] == '\\') {
                text[count++] = (byte) PlainText.unescaped(json[i + 1]);
                i += 2;
            }
            while (json[i] < 0) {
                text[count++] = json[i++];
            }
        }
        var charset = wide ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
        return new String(text, 0, count, charset);
    }

    private String unescapedNumbers() {
        var text = new char[to - from];
        int count = 0;
        int length;
        for (int i = from + 1; i < to - 1; i += length) {
            byte c = json[i];
            if (c == '\\') {
                length = json[i + 1] == 'u' ? 6 : 2;
                text[count++] =
                        (char) (length == 6 ? hex(i + 2) : PlainText.unescaped(json[i + 1]));
            } else if (c >= 0) {
                length = 1;
                text[count++] = (char) c;
            } else {
                length = Utf8.sequence(json, i);
                count += Character.toChars(Utf8.codePoint(json, i, length), text, count);
            }
        }
        return new String(text, 0, count);
    }

    private JsonToken number(byte first) {
        from = at;
        boolean negative = first == '-';
        if (negative) {
            at++;
        }
        int digits = at;
        integer = 0;
        while (isDigit(at)) {
            if (at - digits == MAX_DIGITS) {
                return unusual();
            }
            integer = 10 * integer + json[at++] - '0';
        }
        if (at == digits || (json[digits] == '0' && at > digits + 1)) {
            return unusual();
        }
        integer = negative ? -integer : integer;
        boolean whole = true;
        if (is(at, '.')) {
            whole = false;
            at++;
            digits();
        }
        if (is(at, 'e') || is(at, 'E')) {
            whole = false;
            at++;
            if (is(at, '+') || is(at, '-')) {
                at++;
            }
            digits();
        }
        to = at;
        return whole ? JsonToken.VALUE_NUMBER_INT : JsonToken.VALUE_NUMBER_FLOAT;
    }

    /// Passes over one or more digits.
    private void digits() {
        int start = at;
        while (isDigit(at)) {
            at++;
        }
        if (at == start || at - from > MAX_FLOAT_LENGTH) {
            unusual();
        }
    }

    private boolean isDigit(int place) {
        return place < json.length && json[place] >= '0' && json[place] <= '9';
    }

    private boolean is(int place, char c) {
        return place < json.length && json[place] == c;
    }

    /// Passes over blanks; the byte after them, which is not looked at any further.
    private byte afterBlanks() {
        for (; at < json.length; at++) {
            byte c = json[at];
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                return c;
            }
        }
        throw new Unusual();
    }

    private static JsonToken unusual() {
        throw new Unusual();
    }

    /// Says that a parser is to read the text.
    static final class Unusual extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private Unusual() {
            super("not plain", null, false, false);
        }
    }
}
