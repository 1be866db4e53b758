package io.pointsman.api.wire;

import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.Estimates;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Scans a chunk of a streamed completion for what the gateway must know of it, in one pass of a
/// streaming parser. Confined to one thread.
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

    /// Where what is parsed begins.
    private final int base;

    private @Nullable ChunkFacts matched;
    private boolean content;
    private boolean reasoning;
    private boolean toolCall;
    private boolean choices;
    private int textHash;
    private Optional<FinishReason> finishReason = Optional.empty();
    private Optional<Usage> usage = Optional.empty();
    private Optional<ErrorBody> error = Optional.empty();
    private boolean unreadableUsage;
    private int usageNameFrom = NOWHERE;
    private int usageTo = NOWHERE;
    private int beforeUsage = NOWHERE;
    private int afterUsage = NOWHERE;
    private Span completionTokens = Span.NOWHERE;
    private Span totalTokens = Span.NOWHERE;
    private long total = NOWHERE;

    private ChunkReader(byte[] json, ReasoningTokens reasoningTokens, int base) {
        this.json = json;
        this.reasoningTokens = reasoningTokens;
        this.base = base;
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
        return read(json, reasoningTokens, new ChunkHead());
    }

    private static ChunkReader read(byte[] json, ReasoningTokens reasoningTokens, ChunkHead head) {
        int known = head.known(json);
        var reader = new ChunkReader(json, reasoningTokens, known);
        try (var parser = JsonInput.open(ChunkHead.rest(json, known))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new FailureException(
                        new Failure.Broken("The stream has an event that is no JSON object."));
            }
            reader.readChunk(parser, head);
        } catch (JacksonException _) {
            throw new FailureException(
                    new Failure.Broken("The stream has an event that is not valid JSON."));
        }
        reader.error.ifPresent(ChunkReader::fail);
        return reader;
    }

    /// Scans the chunk `json`, and has `pattern` learn from it what the next ones may look like. A
    /// chunk that matches is known without being parsed.
    ///
    /// @param reasoningTokens how its sender counts thinking
    /// @throws FailureException as [#facts(byte[])] does
    public static ChunkReader read(
            byte[] json, ReasoningTokens reasoningTokens, ChunkPattern pattern) {
        if (pattern.matches(json)) {
            return matched(json, reasoningTokens, pattern);
        }
        var reader = read(json, reasoningTokens, pattern.head());
        pattern.learn(new Chunk(json, reader.facts()));
        return reader;
    }

    private static ChunkReader matched(
            byte[] json, ReasoningTokens reasoningTokens, ChunkPattern pattern) {
        var reader = new ChunkReader(json, reasoningTokens, 0);
        int length = pattern.length();
        reader.matched =
                length == 0 ? NO_TEXT : pattern.reasoning() ? REASONING_TEXT : CONTENT_TEXT;
        reader.textHash = length > SHORT_TEXT ? hash(pattern.text(), 0, length) : 0;
        return reader;
    }

    /// What the chunk holds.
    public ChunkFacts facts() {
        return matched != null
                ? matched
                : new ChunkFacts(content, reasoning, toolCall, choices, finishReason, usage);
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
        if (matched != null) {
            // An empty usage, which hardly anybody wants to be without, has not been looked for.
            return read(json, reasoningTokens).withoutUsage();
        }
        if (usageNameFrom == NOWHERE) {
            return json;
        }
        var splices = new Splices();
        if (beforeUsage != NOWHERE) {
            splices.cut(beforeUsage, usageTo);
        } else {
            splices.cut(usageNameFrom, afterUsage != NOWHERE ? afterUsage : usageTo);
        }
        return splices.apply(json);
    }

    /// The chunk with its counts such as everybody expects them: thinking among the completion's
    /// tokens, and a total of just prompt and completion. As it is where they are so.
    public byte[] withSoundUsage() {
        if (usage.isEmpty() || usage.get().estimated()) {
            return json;
        }
        var sound = usage.get();
        var splices = new Splices();
        replace(completionTokens, sound.completionTokens(), splices);
        if (total != sound.totalTokens()) {
            replace(totalTokens, sound.totalTokens(), splices);
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

    private void readChunk(JsonParser parser, ChunkHead head) {
        // Whether what was read so far is the same in each chunk that has the same bytes there.
        boolean plain = base == 0;
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            if (usageNameFrom != NOWHERE && beforeUsage == NOWHERE && afterUsage == NOWHERE) {
                afterUsage = base + JsonInput.start(parser);
            }
            switch (name) {
                case "choices" -> {
                    if (plain) {
                        head.learn(json, JsonInput.start(parser));
                    }
                    plain = false;
                    parser.nextToken();
                    readChoices(parser);
                }
                case "usage" -> {
                    plain = false;
                    usageNameFrom = base + JsonInput.start(parser);
                    beforeUsage = commaBefore(usageNameFrom);
                    parser.nextToken();
                    readUsage(parser);
                    usageTo = base + JsonInput.end(parser);
                }
                case "error" -> {
                    plain = false;
                    if (parser.nextToken() != JsonToken.VALUE_NULL) {
                        error = Optional.of(ErrorBody.readValue(parser));
                    }
                }
                default -> {
                    parser.nextToken();
                    parser.skipChildren();
                }
            }
        }
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

    private void readChoices(JsonParser parser) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            choices = true;
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                readChoice(parser);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void readChoice(JsonParser parser) {
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            var value = parser.nextToken();
            if (name.equals("delta") && value == JsonToken.START_OBJECT) {
                readDelta(parser);
            } else if (name.equals("finish_reason")
                    && value == JsonToken.VALUE_STRING
                    && finishReason.isEmpty()) {
                finishReason = Optional.of(FinishReason.of(parser.getString()));
            } else {
                parser.skipChildren();
            }
        }
    }

    private void readDelta(JsonParser parser) {
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            switch (name) {
                case "content", "refusal" -> content |= isText(parser);
                case "reasoning_content", "reasoning" -> reasoning |= isText(parser);
                case "tool_calls" -> toolCall |= isNotEmpty(parser);
                case "function_call" -> toolCall |= parser.currentToken() == JsonToken.START_OBJECT;
                default -> {}
            }
            parser.skipChildren();
        }
    }

    private boolean isText(JsonParser parser) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            return false;
        }
        int length = parser.getStringLength();
        if (length > SHORT_TEXT) {
            textHash =
                    31 * textHash
                            + hash(parser.getStringCharacters(), parser.getStringOffset(), length);
        }
        return length > 0;
    }

    private static int hash(char[] characters, int offset, int length) {
        int hash = length;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + characters[i];
        }
        return hash == 0 ? 1 : hash;
    }

    private static boolean isNotEmpty(JsonParser parser) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            return false;
        }
        boolean found = false;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            parser.skipChildren();
            found = true;
        }
        return found;
    }

    private void readUsage(JsonParser parser) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        int prompt = NOWHERE;
        int cached = 0;
        int completion = NOWHERE;
        int thinking = 0;
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            switch (name) {
                case "prompt_tokens" -> prompt = count(parser, NOWHERE);
                case "completion_tokens" -> {
                    completion = count(parser, NOWHERE);
                    completionTokens = span(parser);
                }
                case "total_tokens" -> {
                    total = count(parser, NOWHERE);
                    totalTokens = total == NOWHERE ? Span.NOWHERE : span(parser);
                }
                case "prompt_cache_hit_tokens" -> cached = Math.max(cached, count(parser, 0));
                case "prompt_tokens_details" ->
                        cached = Math.max(cached, detail(parser, "cached_tokens"));
                case "completion_tokens_details" -> thinking = detail(parser, "reasoning_tokens");
                default -> parser.skipChildren();
            }
        }
        if (prompt != NOWHERE || completion != NOWHERE) {
            usage = Optional.of(sound(prompt, cached, completion, thinking));
        } else {
            unreadableUsage = true;
        }
    }

    /// The counts with the same meaning for every backend. A count that is missing is told as an
    /// estimate of zero, for nobody has counted: an explicit zero is a count.
    private Usage sound(int prompt, int cached, int completion, int thinking) {
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

    private static int detail(JsonParser parser, String wanted) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return 0;
        }
        int found = 0;
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            if (name.equals(wanted)) {
                found = count(parser, 0);
            } else {
                parser.skipChildren();
            }
        }
        return found;
    }

    private static int count(JsonParser parser, int otherwise) {
        if (!JsonInput.isInteger(parser)) {
            parser.skipChildren();
            return otherwise;
        }
        var value = parser.getBigIntegerValue();
        return value.signum() < 0
                ? 0
                : value.bitLength() < 32 ? value.intValue() : Integer.MAX_VALUE;
    }

    private Span span(JsonParser parser) {
        int from = base + JsonInput.start(parser);
        return new Span(from, base + JsonInput.end(parser));
    }

    /// Where a value is.
    private record Span(int from, int to) {
        static final Span NOWHERE = new Span(ChunkReader.NOWHERE, ChunkReader.NOWHERE);
    }
}
