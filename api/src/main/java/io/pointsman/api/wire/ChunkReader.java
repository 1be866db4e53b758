package io.pointsman.api.wire;

import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.Estimates;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ChunkFields.Field;
import io.pointsman.api.wire.ChunkFields.Piece;
import io.pointsman.api.wire.RawFields.Value;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;

/// Scans a chunk of a streamed completion for what the gateway must know of it, in one pass over
/// its tokens. Confined to one thread.
///
/// Only what is not JSON, not an object, or an error fails; a field of an unexpected type counts as
/// absent, for the chunk is passed on as it is.
public final class ChunkReader {

    private static final int NOWHERE = -1;

    /// Texts up to this length may well repeat: blanks, dots, digits.
    private static final int SHORT_TEXT = 2;

    private static final ChunkFacts NO_TEXT = text(false, false);
    private static final ChunkFacts CONTENT_TEXT = text(true, false);
    private static final ChunkFacts REASONING_TEXT = text(false, true);

    private final byte[] json;
    private final ReasoningTokens reasoningTokens;

    /// What the chunk holds; its text alone where it is known by its likeness to another, and has
    /// not been read.
    private final ChunkContent content;

    private ChunkFacts facts = NO_TEXT;
    private boolean answers;
    private boolean reasoning;
    private boolean toolCall;
    private boolean choices;
    private int textHash;
    private Optional<FinishReason> finishReason = Optional.empty();
    private Optional<Usage> usage = Optional.empty();
    private @Nullable ErrorBody error;
    private boolean unreadableUsage;
    private @Nullable Counts counts;

    private ChunkReader(byte[] json, ReasoningTokens reasoningTokens, ChunkContent content) {
        this.json = json;
        this.reasoningTokens = reasoningTokens;
        this.content = content;
    }

    private static ChunkFacts text(boolean content, boolean reasoning) {
        return new ChunkFacts(content, reasoning, false, true, Optional.empty(), Optional.empty());
    }

    /// The facts of the chunk `json`.
    ///
    /// @throws FailureException with [Failure.Rejected] if it is an error instead of a chunk, with
    ///   [Failure.Broken] if it is no JSON object
    public static ChunkFacts facts(byte[] json) {
        return read(json, ReasoningTokens.AUTO).facts();
    }

    /// Scans the chunk `json`.
    ///
    /// @param reasoningTokens how its sender counts thinking
    /// @throws FailureException as [#facts(byte[])] does
    public static ChunkReader read(byte[] json, ReasoningTokens reasoningTokens) {
        return read(json, reasoningTokens, new ChunkPattern());
    }

    /// @param pattern learns from the chunk
    private static ChunkReader parse(
            byte[] json, ReasoningTokens reasoningTokens, ChunkPattern pattern) {
        var head = pattern.head();
        int known = head.known(json);
        try {
            return JsonInput.read(
                    json,
                    known,
                    tokens -> {
                        var fields = new ChunkFields(known == 0 ? json : head.like(), known == 0);
                        var read = new ChunkReader(json, reasoningTokens, fields);
                        read.readChunk(tokens, fields, known == 0 ? head : null);
                        return read;
                    });
        } catch (JacksonException _) {
            throw new FailureException(
                    new Failure.Broken("The stream has an event that is not valid JSON."));
        }
    }

    /// Scans the chunk `json`, and has `pattern` learn from it what the next ones may look like. A
    /// chunk that matches is known without being parsed.
    ///
    /// @param reasoningTokens how its sender counts thinking
    /// @throws FailureException as [#facts(byte[])] does
    public static ChunkReader read(
            byte[] json, ReasoningTokens reasoningTokens, ChunkPattern pattern) {
        var text = pattern.match(json);
        if (text != null) {
            return matched(json, reasoningTokens, text);
        }
        var reader = parse(json, reasoningTokens, pattern);
        if (reader.error != null) {
            fail(reader.error);
        }
        if (reader.content instanceof ChunkFields fields) {
            pattern.learn(json, reader.facts(), fields);
        }
        return reader;
    }

    private static ChunkReader matched(
            byte[] json, ReasoningTokens reasoningTokens, ChunkText text) {
        var reader = new ChunkReader(json, reasoningTokens, text);
        if (text.length() > 0) {
            reader.facts = text.form().reasoning() ? REASONING_TEXT : CONTENT_TEXT;
        }
        reader.textHash = text.length() > SHORT_TEXT ? text.hash() : 0;
        return reader;
    }

    /// What the chunk holds.
    public ChunkFacts facts() {
        return facts;
    }

    /// The fields of the chunk, or its text alone.
    ChunkContent content() {
        return content;
    }

    /// The chunk, after edits that have made it `edited`; where that is what was read, with all
    /// that was found in it.
    @SuppressWarnings("ReferenceEquality") // Each edit makes an array of its own.
    public Chunk chunk(byte[] edited) {
        return new Chunk(edited, facts, edited == json ? content : ChunkContent.UNREAD);
    }

    /// A hash of the text in the deltas; 0 where there is none or where it is so short that it may
    /// well repeat.
    public int textHash() {
        return textHash;
    }

    /// Whether it tells a usage without a count that could be read.
    public boolean unreadableUsage() {
        return unreadableUsage;
    }

    /// The chunk without its `usage`; as it is where it has none.
    public byte[] withoutUsage() {
        if (content instanceof ChunkText) {
            // An empty usage, which hardly anybody wants to be without, has not been looked for.
            return read(json, reasoningTokens).withoutUsage();
        }
        if (counts == null) {
            return json;
        }
        var splices = new Splices();
        if (counts.before != NOWHERE) {
            splices.cut(counts.before, counts.to);
        } else {
            splices.cut(counts.nameFrom, counts.after != NOWHERE ? counts.after : counts.to);
        }
        return splices.apply(json);
    }

    /// The chunk with its counts such as everybody expects them: thinking among the completion's
    /// tokens, and a total of just prompt and completion. As it is where they are so.
    public byte[] withSoundUsage() {
        if (counts == null || usage.isEmpty() || usage.get().estimated()) {
            return json;
        }
        var sound = usage.get();
        var splices = new Splices();
        replace(counts.completionTokens, sound.completionTokens(), splices);
        if (counts.total != sound.totalTokens()) {
            replace(counts.totalTokens, sound.totalTokens(), splices);
        }
        return splices.apply(json);
    }

    private void replace(Span span, long count, Splices splices) {
        if (span.from() == NOWHERE) {
            return;
        }
        var digits = Long.toString(count).getBytes(StandardCharsets.US_ASCII);
        if (!Arrays.equals(json, span.from(), span.to(), digits, 0, digits.length)) {
            splices.replace(span.from(), span.to(), digits);
        }
    }

    private static void fail(ErrorBody error) {
        throw new FailureException(
                new Failure.Rejected(
                        "The backend sent an error in its stream.",
                        error.status().orElse(500),
                        Optional.of(new String(error.json(), StandardCharsets.UTF_8))));
    }

    /// @param fields take what is read
    /// @param head learns what the chunk begins with; null where it knows that already
    private void readChunk(JsonTokens tokens, ChunkFields fields, @Nullable ChunkHead head) {
        if (tokens.next() != JsonToken.START_OBJECT) {
            throw new FailureException(
                    new Failure.Broken("The stream has an event that is no JSON object."));
        }
        // Whether what was read so far is the same in each chunk that has the same bytes there.
        boolean plain = true;
        for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
            if (counts != null) {
                counts.followedBy(tokens.start());
            }
            switch (name) {
                case "choices" -> {
                    if (plain && head != null) {
                        head.learn(json, tokens.start());
                    }
                    plain = false;
                    if (tokens.next() == JsonToken.START_ARRAY) {
                        readChoices(tokens, fields);
                    } else {
                        fields.add(Field.of(name, tokens, json));
                    }
                }
                case "usage" -> {
                    plain = false;
                    if (counts == null) {
                        counts = new Counts();
                    }
                    counts.nameFrom = tokens.start();
                    counts.before = commaBefore(counts.nameFrom);
                    tokens.next();
                    int from = tokens.start();
                    readUsage(tokens, counts);
                    counts.to = tokens.end();
                    fields.add(new Field(name, new Value(json, from, counts.to), null));
                }
                // It differs from chunk to chunk.
                case ChunkPattern.NOISE -> {
                    plain = false;
                    tokens.next();
                    fields.add(Field.of(name, tokens, json));
                }
                case "error" -> {
                    plain = false;
                    if (tokens.next() != JsonToken.VALUE_NULL) {
                        error = ErrorBody.readValue(tokens);
                    } else {
                        fields.add(Field.of(name, tokens, json));
                    }
                }
                default -> {
                    tokens.next();
                    fields.add(Field.of(name, tokens, json));
                }
            }
        }
        facts = new ChunkFacts(answers, reasoning, toolCall, choices, finishReason, usage);
    }

    /// Where the comma before the name at `from` is, with the blanks before it; nowhere where the
    /// name is the first.
    private int commaBefore(int from) {
        int at = blanksBefore(from) - 1;
        return json[at] == ',' ? blanksBefore(at) : NOWHERE;
    }

    private int blanksBefore(int from) {
        int at = from;
        while (json[at - 1] <= ' ') {
            at--;
        }
        return at;
    }

    private void readChoices(JsonTokens tokens, ChunkFields fields) {
        fields.beginChoices();
        while (tokens.next() != JsonToken.END_ARRAY) {
            choices = true;
            if (tokens.current() == JsonToken.START_OBJECT) {
                readChoice(tokens, fields.addPiece());
            } else {
                fields.addElement();
                tokens.skipChildren();
            }
        }
    }

    private void readChoice(JsonTokens tokens, Piece piece) {
        for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
            var value = tokens.next();
            switch (name) {
                case "index" -> piece.readIndex(tokens);
                case "delta" -> {
                    piece.beginDelta(value);
                    if (value == JsonToken.START_OBJECT) {
                        readDelta(tokens, piece);
                    } else {
                        tokens.skipChildren();
                    }
                }
                default -> {
                    if (name.equals("finish_reason")
                            && value == JsonToken.VALUE_STRING
                            && finishReason.isEmpty()) {
                        finishReason = Optional.of(FinishReason.of(tokens.string()));
                    }
                    piece.add(Field.of(name, tokens, json));
                }
            }
        }
    }

    private void readDelta(JsonTokens tokens, Piece piece) {
        for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
            var value = tokens.next();
            int from = tokens.start();
            String text = null;
            switch (name) {
                case "content", "refusal" -> {
                    text = text(tokens);
                    answers |= text != null && !text.isEmpty();
                }
                case "reasoning_content", "reasoning" -> {
                    text = text(tokens);
                    reasoning |= text != null && !text.isEmpty();
                }
                case "tool_calls" -> toolCall |= isNotEmpty(tokens);
                case "function_call" -> toolCall |= value == JsonToken.START_OBJECT;
                default -> {}
            }
            piece.addToDelta(new Field(name, new Value(json, from, tokens.end()), text));
        }
    }

    private @Nullable String text(JsonTokens tokens) {
        if (tokens.current() != JsonToken.VALUE_STRING) {
            return null;
        }
        var text = tokens.string();
        if (text.length() > SHORT_TEXT) {
            textHash = 31 * textHash + hash(text);
        }
        return text;
    }

    /// A hash of `text`, never 0.
    static int hash(CharSequence text) {
        int hash = text.length();
        for (int i = 0; i < text.length(); i++) {
            hash = 31 * hash + text.charAt(i);
        }
        return hash == 0 ? 1 : hash;
    }

    /// The hash of a text of `length` ASCII characters.
    static int hash(byte[] json, int from, int length) {
        int hash = length;
        for (int i = from; i < from + length; i++) {
            hash = 31 * hash + json[i];
        }
        return hash == 0 ? 1 : hash;
    }

    private static boolean isNotEmpty(JsonTokens tokens) {
        if (tokens.current() != JsonToken.START_ARRAY) {
            return false;
        }
        boolean found = false;
        while (tokens.next() != JsonToken.END_ARRAY) {
            tokens.skipChildren();
            found = true;
        }
        return found;
    }

    private void readUsage(JsonTokens tokens, Counts counts) {
        if (tokens.current() != JsonToken.START_OBJECT) {
            tokens.skipChildren();
            return;
        }
        int prompt = NOWHERE;
        int cached = 0;
        int completion = NOWHERE;
        int thinking = 0;
        for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
            tokens.next();
            switch (name) {
                case "prompt_tokens" -> prompt = count(tokens, NOWHERE);
                case "completion_tokens" -> {
                    completion = count(tokens, NOWHERE);
                    counts.completionTokens = Span.of(tokens);
                }
                case "total_tokens" -> {
                    counts.total = count(tokens, NOWHERE);
                    counts.totalTokens = counts.total == NOWHERE ? Span.NOWHERE : Span.of(tokens);
                }
                case "prompt_cache_hit_tokens" -> cached = Math.max(cached, count(tokens, 0));
                case "prompt_tokens_details" ->
                        cached = Math.max(cached, detail(tokens, "cached_tokens"));
                case "completion_tokens_details" -> thinking = detail(tokens, "reasoning_tokens");
                default -> tokens.skipChildren();
            }
        }
        if (prompt != NOWHERE || completion != NOWHERE) {
            usage = Optional.of(sound(prompt, cached, completion, thinking, counts.total));
        } else {
            unreadableUsage = true;
        }
    }

    /// The counts with the same meaning for every backend. A count that is missing is told as an
    /// estimate of zero, for nobody has counted: an explicit zero is a count.
    private Usage sound(int prompt, int cached, int completion, int thinking, long total) {
        int read = Math.max(0, prompt);
        long written = Math.max(0, completion);
        if (reasoningTokens.added(read, written, thinking, total)) {
            written += thinking;
        }
        int produced = (int) Math.min(Integer.MAX_VALUE, written);
        return new Usage(
                read,
                Math.min(cached, read),
                produced,
                Math.min(thinking, produced),
                Estimates.of(prompt == NOWHERE, completion == NOWHERE));
    }

    private static int detail(JsonTokens tokens, String wanted) {
        if (tokens.current() != JsonToken.START_OBJECT) {
            tokens.skipChildren();
            return 0;
        }
        int found = 0;
        for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
            tokens.next();
            if (name.equals(wanted)) {
                found = count(tokens, 0);
            } else {
                tokens.skipChildren();
            }
        }
        return found;
    }

    private static int count(JsonTokens tokens, int otherwise) {
        if (tokens.current() != JsonToken.VALUE_NUMBER_INT) {
            tokens.skipChildren();
            return otherwise;
        }
        return Math.clamp(tokens.integer(), 0, Integer.MAX_VALUE);
    }

    /// Where in the chunk the usage is. With two of them, it is the last.
    private static final class Counts {
        private int nameFrom = NOWHERE;
        private int to = NOWHERE;

        /// Where the comma before it is, with the blanks before that.
        private int before = NOWHERE;

        /// Where the next field is, if the usage is the first.
        private int after = NOWHERE;

        private Span completionTokens = Span.NOWHERE;
        private Span totalTokens = Span.NOWHERE;
        private long total = NOWHERE;

        void followedBy(int name) {
            if (before == NOWHERE && after == NOWHERE) {
                after = name;
            }
        }
    }

    /// Where a value is.
    private record Span(int from, int to) {
        static final Span NOWHERE = new Span(ChunkReader.NOWHERE, ChunkReader.NOWHERE);

        static Span of(JsonTokens tokens) {
            int from = tokens.start();
            return new Span(from, tokens.end());
        }
    }
}
