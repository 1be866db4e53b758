package io.pointsman.api.wire;

import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Scans a chunk of a streamed completion for what the gateway must know of it, in one pass of a
/// streaming parser. Each scan is confined to one thread.
///
/// Only what is not JSON, not an object, or an error fails; a field of an unexpected type counts as
/// absent, for the chunk is passed on as it is.
public final class ChunkReader {

    private boolean content;
    private boolean reasoning;
    private boolean toolCall;
    private boolean choices;
    private Optional<FinishReason> finishReason = Optional.empty();
    private Optional<Usage> usage = Optional.empty();
    private Optional<ErrorBody> error = Optional.empty();

    private ChunkReader() {}

    /// The facts of the chunk `json`.
    ///
    /// @throws FailureException with [Failure.Rejected] if it is an error instead of a chunk, with
    ///   [Failure.Broken] if it is no JSON object
    public static ChunkFacts facts(byte[] json) {
        var reader = new ChunkReader();
        try (var parser = JsonInput.open(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new FailureException(
                        new Failure.Broken("The stream has an event that is no JSON object."));
            }
            reader.readChunk(parser);
        } catch (JacksonException _) {
            throw new FailureException(
                    new Failure.Broken("The stream has an event that is not valid JSON."));
        }
        reader.error.ifPresent(ChunkReader::fail);
        return new ChunkFacts(
                reader.content,
                reader.reasoning,
                reader.toolCall,
                reader.choices,
                reader.finishReason,
                reader.usage);
    }

    private static void fail(ErrorBody error) {
        throw new FailureException(
                new Failure.Rejected(
                        "The backend sent an error in its stream.",
                        error.status().orElse(500),
                        Optional.of(new String(error.json(), StandardCharsets.UTF_8))));
    }

    private void readChunk(JsonParser parser) {
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            var value = parser.nextToken();
            switch (name) {
                case "choices" -> readChoices(parser);
                case "usage" -> readUsage(parser);
                case "error" -> {
                    if (value != JsonToken.VALUE_NULL) {
                        error = Optional.of(ErrorBody.readValue(parser));
                    }
                }
                default -> parser.skipChildren();
            }
        }
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

    private static boolean isText(JsonParser parser) {
        return parser.currentToken() == JsonToken.VALUE_STRING && parser.getStringLength() > 0;
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
        int prompt = 0;
        int cached = 0;
        int completion = 0;
        int thinking = 0;
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            switch (name) {
                case "prompt_tokens" -> prompt = count(parser);
                case "completion_tokens" -> completion = count(parser);
                case "prompt_cache_hit_tokens" -> cached = Math.max(cached, count(parser));
                case "prompt_tokens_details" ->
                        cached = Math.max(cached, detail(parser, "cached_tokens"));
                case "completion_tokens_details" -> thinking = detail(parser, "reasoning_tokens");
                default -> parser.skipChildren();
            }
        }
        usage = Optional.of(new Usage(prompt, cached, completion, thinking, false));
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
                found = count(parser);
            } else {
                parser.skipChildren();
            }
        }
        return found;
    }

    private static int count(JsonParser parser) {
        if (!JsonInput.isInteger(parser)) {
            parser.skipChildren();
            return 0;
        }
        var value = parser.getBigIntegerValue();
        return value.signum() < 0
                ? 0
                : value.bitLength() < 32 ? value.intValue() : Integer.MAX_VALUE;
    }
}
