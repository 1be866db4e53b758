package io.pointsman.api.wire;

import io.pointsman.api.ChatEvent.Chunk;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;

/// Knows the chunks of one answer by their likeness to an earlier one, without parsing them.
/// Confined to one thread.
///
/// Nearly all chunks of an answer differ in one string alone, the piece of text; all before and
/// after it is the same from the first to the last. So one chunk is parsed and kept as a pattern:
/// its bytes, and where in them the text is. A chunk that has the same bytes up to the text, then
/// the inside of a JSON string up to its closing quote, and then the same bytes to its end, holds
/// the same fields with the same values but for the text: a parser that comes to the string is in
/// the state in which it was there before. Comparing bytes takes a few nanoseconds where parsing
/// takes a microsecond. A second string may differ, which some servers fill with noise that hides
/// the length of the text.
///
/// What is unusual does not match, and is left to a parser: text with surrogates, control
/// characters, escapes by number or bytes that are not UTF-8.
public final class ChunkPattern {

    /// The field that OpenAI fills with noise.
    static final String NOISE = "obfuscation";

    /// After so many patterns that nothing matched, none is learned any more.
    private static final int PATIENCE = 8;

    private static final int NO_CHARACTER = -1;
    private static final int[] NO_HOLES = {};

    private byte[] like = {};

    /// The insides of the strings that differ: from, to, in the order of the bytes.
    private int[] holes = NO_HOLES;

    private int textHole;
    private boolean reasoning;
    private int choice;
    private String field = "";

    private final ChunkHead head = new ChunkHead();

    private int fruitless;

    /// What matched, and where its text begins there.
    private byte[] matched = {};

    private int textFrom;

    /// The text, if it is not plain.
    private final StringBuilder text = new StringBuilder(0);

    private boolean plain;
    private int length;

    /// Creates one that knows nothing yet.
    public ChunkPattern() {}

    /// Whether `json` is like the chunk that was learned. Then its text can be asked for.
    boolean matches(byte[] json) {
        if (holes.length == 0) {
            return false;
        }
        int at = 0;
        int done = 0;
        for (int hole = 0; hole < holes.length; hole += 2) {
            int end = at + holes[hole] - done;
            if (end > json.length || !Arrays.equals(like, done, holes[hole], json, at, end)) {
                return false;
            }
            at = hole == textHole ? readText(json, end) : endOfNoise(json, end);
            if (at < 0) {
                return false;
            }
            done = holes[hole + 1];
        }
        boolean same = Arrays.equals(like, done, like.length, json, at, json.length);
        fruitless = same ? 0 : fruitless;
        return same;
    }

    /// What the chunks begin with, matching or not.
    ChunkHead head() {
        return head;
    }

    /// How many characters the text that matched has.
    int length() {
        return length;
    }

    /// A hash of the text that matched.
    int hash() {
        return plain ? ChunkReader.hash(matched, textFrom, length) : ChunkReader.hash(text);
    }

    /// Appends the text that matched to `all`.
    void appendTo(JsonText all) {
        if (plain) {
            all.plain(matched, textFrom, textFrom + length);
        } else {
            all.append(text);
        }
    }

    /// Whether the text is thinking.
    boolean reasoning() {
        return reasoning;
    }

    /// The index of the choice that the text belongs to.
    int choice() {
        return choice;
    }

    /// The name of the text's field.
    String field() {
        return field;
    }

    /// Matches nothing until it has learned again.
    void forget() {
        holes = NO_HOLES;
    }

    /// Learns what chunks look like from `chunk`, if that carries one piece of text and nothing
    /// else that counts; else forgets.
    void learn(Chunk chunk) {
        forget();
        var facts = chunk.facts();
        if (facts.content() != facts.reasoning()
                && !facts.toolCall()
                && facts.finishReason().isEmpty()
                && facts.usage().isEmpty()
                && fruitless < PATIENCE) {
            fruitless++;
            learn(chunk.json());
        }
    }

    private void learn(byte[] json) {
        try {
            var form = JsonInput.read(json, head.known(json), Form::read);
            if (form.fits) {
                like = json;
                holes = form.holes();
                textHole = form.noiseFirst() ? 2 : 0;
                reasoning = ReasoningField.known(form.field);
                choice = form.choice;
                field = form.field;
            }
        } catch (JacksonException _) {
            // It has been read before; whatever is odd about it is not worth to be looked for.
            forget();
        }
    }

    /// Reads the text that begins at `from`; tells where its closing quote is, or -1.
    private int readText(byte[] json, int from) {
        matched = json;
        textFrom = from;
        int end = PlainText.end(json, from);
        plain = end < json.length && json[end] == '"';
        if (plain) {
            length = end - from;
            return end;
        }
        return decodeText(json, from);
    }

    private int decodeText(byte[] json, int from) {
        text.setLength(0);
        int at = from;
        while (at < json.length) {
            int c = json[at];
            int size = 1;
            if (c == '"') {
                length = text.length();
                return at;
            }
            if (c == '\\') {
                c = at + 1 < json.length ? PlainText.unescaped(json[at + 1]) : NO_CHARACTER;
                size = 2;
            } else if (c < 0) {
                c = decoded(json, at);
                size = c < 0x800 ? 2 : 3;
            } else if (c < ' ') {
                c = NO_CHARACTER;
            }
            if (c == NO_CHARACTER) {
                return NO_CHARACTER;
            }
            at += size;
            text.append((char) c);
        }
        return NO_CHARACTER;
    }

    /// The character of two or three bytes at `at`; -1 where there is none of them.
    private static int decoded(byte[] json, int at) {
        int first = json[at] & 0xFF;
        if (first >= 0xC2 && first <= 0xDF && follows(json, at + 1)) {
            return (first & 0x1F) << 6 | (json[at + 1] & 0x3F);
        }
        if (first >= 0xE0 && first <= 0xEF && follows(json, at + 1) && follows(json, at + 2)) {
            int c = (first & 0x0F) << 12 | (json[at + 1] & 0x3F) << 6 | (json[at + 2] & 0x3F);
            return c < 0x800 || Character.isSurrogate((char) c) ? NO_CHARACTER : c;
        }
        return NO_CHARACTER;
    }

    private static boolean follows(byte[] json, int at) {
        return at < json.length && (json[at] & 0xC0) == 0x80;
    }

    private static int endOfNoise(byte[] json, int from) {
        for (int at = from; at < json.length; at++) {
            byte c = json[at];
            if (c == '"') {
                return at;
            }
            if (c < ' ' || c == '\\') {
                return NO_CHARACTER;
            }
        }
        return NO_CHARACTER;
    }

    /// Where in a chunk its text is, if it is one that can be a pattern. What is known of its head
    /// need not be looked at.
    private static final class Form {
        private boolean fits;
        private String field = "";
        private int choice;
        private boolean seen;
        private int textFrom = -1;
        private int textTo;
        private int noiseFrom = -1;
        private int noiseTo;

        static Form read(JsonTokens tokens) {
            var form = new Form();
            tokens.next();
            form.fits = form.readChunk(tokens);
            return form;
        }

        /// Whether the object that `tokens` stand on can be one.
        private boolean readChunk(JsonTokens tokens) {
            for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
                var value = tokens.next();
                boolean fits =
                        switch (name) {
                            case "choices" -> value == JsonToken.START_ARRAY && readChoices(tokens);
                            case "usage", "error" -> value == JsonToken.VALUE_NULL;
                            case NOISE -> value == JsonToken.VALUE_STRING && readNoise(tokens);
                            default -> skip(tokens);
                        };
                if (!fits) {
                    return false;
                }
            }
            return textFrom >= 0;
        }

        private boolean readChoices(JsonTokens tokens) {
            boolean fits = !seen && tokens.next() == JsonToken.START_OBJECT && readChoice(tokens);
            seen = true;
            return fits && tokens.next() == JsonToken.END_ARRAY;
        }

        private boolean readChoice(JsonTokens tokens) {
            boolean delta = false;
            for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
                var value = tokens.next();
                boolean fits =
                        switch (name) {
                            case "index" -> readIndex(tokens);
                            case "delta" ->
                                    !delta && value == JsonToken.START_OBJECT && readDelta(tokens);
                            case "finish_reason", "logprobs" -> value == JsonToken.VALUE_NULL;
                            default -> skip(tokens);
                        };
                if (!fits) {
                    return false;
                }
                delta |= name.equals("delta");
            }
            return delta;
        }

        private boolean readIndex(JsonTokens tokens) {
            if (!tokens.isInt()) {
                return false;
            }
            choice = (int) tokens.integer();
            return true;
        }

        private boolean readDelta(JsonTokens tokens) {
            for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
                var value = tokens.next();
                boolean fits =
                        switch (name) {
                            case "content", "refusal", "reasoning_content", "reasoning" ->
                                    value == JsonToken.VALUE_NULL
                                            ? !name.equals(field)
                                            : value == JsonToken.VALUE_STRING
                                                    && readText(name, tokens);
                            case "tool_calls", "function_call" -> value == JsonToken.VALUE_NULL;
                            default -> skip(tokens);
                        };
                if (!fits) {
                    return false;
                }
            }
            return true;
        }

        private boolean readText(String name, JsonTokens tokens) {
            if (tokens.string().isEmpty()) {
                return !name.equals(field);
            }
            if (textFrom >= 0) {
                return false;
            }
            field = name;
            textFrom = tokens.start() + 1;
            textTo = tokens.end() - 1;
            return true;
        }

        private boolean readNoise(JsonTokens tokens) {
            if (noiseFrom >= 0) {
                return false;
            }
            noiseFrom = tokens.start() + 1;
            noiseTo = tokens.end() - 1;
            return true;
        }

        private static boolean skip(JsonTokens tokens) {
            tokens.skipChildren();
            return true;
        }

        boolean noiseFirst() {
            return noiseFrom >= 0 && noiseFrom < textFrom;
        }

        int[] holes() {
            if (noiseFrom < 0) {
                return new int[] {textFrom, textTo};
            }
            return noiseFirst()
                    ? new int[] {noiseFrom, noiseTo, textFrom, textTo}
                    : new int[] {textFrom, textTo, noiseFrom, noiseTo};
        }
    }
}
