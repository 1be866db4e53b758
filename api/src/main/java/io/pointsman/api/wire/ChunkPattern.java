package io.pointsman.api.wire;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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

    private final ChunkHead head = new ChunkHead();
    private @Nullable ChunkForm form;
    private int fruitless;

    /// Where the text that was read last ends.
    private int textTo;

    /// That text, if it is not plain.
    private final StringBuilder text = new StringBuilder(0);

    private boolean plain;

    /// Creates one that knows nothing yet.
    public ChunkPattern() {}

    /// The text of `json`, if that is like the chunk that was learned; else null.
    @Nullable ChunkText match(byte[] json) {
        var known = form;
        if (known == null) {
            return null;
        }
        var like = known.like();
        var holes = known.holes();
        int at = 0;
        int done = 0;
        int textFrom = 0;
        for (int hole = 0; hole < holes.length; hole += 2) {
            int end = at + holes[hole] - done;
            if (end > json.length || !Arrays.equals(like, done, holes[hole], json, at, end)) {
                return null;
            }
            if (hole == known.textHole()) {
                textFrom = end;
                at = readText(json, end);
            } else {
                at = endOfNoise(json, end);
            }
            if (at < 0) {
                return null;
            }
            done = holes[hole + 1];
        }
        if (!Arrays.equals(like, done, like.length, json, at, json.length)) {
            return null;
        }
        fruitless = 0;
        return new ChunkText(known, json, textFrom, textTo, plain ? null : text.toString());
    }

    /// What the chunks begin with, matching or not.
    ChunkHead head() {
        return head;
    }

    /// Learns what chunks look like from `json`, if that carries one piece of text and nothing else
    /// that counts; else forgets.
    void learn(byte[] json, ChunkFacts facts, ChunkFields fields) {
        form = null;
        if (facts.content() != facts.reasoning() && fruitless < PATIENCE) {
            fruitless++;
            form = ChunkForm.of(json, fields);
            if (form != null) {
                noteText(form, fields);
            }
        }
    }

    private void noteText(ChunkForm form, ChunkFields fields) {
        int from = form.holes()[form.textHole()];
        if (readText(form.like(), from) >= 0) {
            fields.onlyText(
                    new ChunkText(form, form.like(), from, textTo, plain ? null : text.toString()));
        }
    }

    /// Reads the text that begins at `from`; tells where its closing quote is, or -1.
    private int readText(byte[] json, int from) {
        int end = PlainText.end(json, from);
        plain = end < json.length && json[end] == '"';
        textTo = plain ? end : decodeText(json, from);
        return textTo;
    }

    private int decodeText(byte[] json, int from) {
        text.setLength(0);
        int at = from;
        while (at < json.length) {
            int c = json[at];
            int size = 1;
            if (c == '"') {
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
}
