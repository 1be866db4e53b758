package io.pointsman.api.wire;

import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// An error as the OpenAI API words it.
///
/// @param message what was wrong and what to do
/// @param type the kind of error (`invalid_request_error`, `server_error`, …)
/// @param param the offending field
/// @param code machine-readable (`context_length_exceeded`, …), or a status in digits
public record ErrorBody(
        String message, String type, Optional<String> param, Optional<String> code) {

    /// The error as `{"error":{…}}` in UTF-8.
    public byte[] json() {
        var json = new JsonBytes(128 + message.length());
        json.raw("{\"error\":{\"message\":").string(message);
        json.raw(",\"type\":").string(type);
        json.raw(",\"param\":");
        param.ifPresentOrElse(json::string, () -> json.raw("null"));
        json.raw(",\"code\":");
        code.ifPresentOrElse(json::string, () -> json.raw("null"));
        return json.raw("}}").toByteArray();
    }

    /// The status that the code stands for, where it is one.
    public OptionalInt status() {
        return code.filter(value -> value.matches("[45][0-9][0-9]")).stream()
                .mapToInt(Integer::parseInt)
                .findFirst();
    }

    /// The error that a server words in one of the ways known: OpenAI's object, an error that is
    /// mere text, its fields at the top, or FastAPI's `detail`. Empty for anything else.
    public static Optional<ErrorBody> read(byte[] json) {
        try (var parser = JsonInput.open(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            var fields = new Fields();
            fields.read(parser);
            return fields.body();
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    /// Reads the error that `parser`, standing on the value of `error`, is at.
    static ErrorBody readValue(JsonParser parser) {
        var fields = new Fields();
        fields.readError(parser);
        return fields.body()
                .orElse(new ErrorBody("", "server_error", Optional.empty(), Optional.empty()));
    }

    private static final class Fields {
        private @Nullable String message;
        private @Nullable String type;
        private @Nullable String param;
        private @Nullable String code;

        /// Reads the object that `parser` is at the start of.
        void read(JsonParser parser) {
            for (var name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                switch (name) {
                    case "error" -> readError(parser);
                    case "message", "detail", "msg" -> message = text(parser, message);
                    case "type" -> type = text(parser, type);
                    case "param" -> param = text(parser, param);
                    case "code" -> code = text(parser, code);
                    default -> parser.skipChildren();
                }
            }
        }

        void readError(JsonParser parser) {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                read(parser);
            } else {
                message = text(parser, message);
            }
        }

        /// The text or number at hand, or the first message in a list of problems.
        private @Nullable String text(JsonParser parser, @Nullable String otherwise) {
            return switch (parser.currentToken()) {
                case VALUE_STRING, VALUE_NUMBER_INT -> parser.getString();
                case START_ARRAY -> firstProblem(parser, otherwise);
                case START_OBJECT -> {
                    parser.skipChildren();
                    yield otherwise;
                }
                default -> otherwise;
            };
        }

        private static @Nullable String firstProblem(
                JsonParser parser, @Nullable String otherwise) {
            var problem = otherwise;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                var fields = new Fields();
                if (parser.currentToken() == JsonToken.START_OBJECT) {
                    fields.read(parser);
                } else {
                    parser.skipChildren();
                }
                problem = problem == null ? fields.message : problem;
            }
            return problem;
        }

        Optional<ErrorBody> body() {
            return message == null
                    ? Optional.empty()
                    : Optional.of(
                            new ErrorBody(
                                    message,
                                    type == null ? "server_error" : type,
                                    Optional.ofNullable(param),
                                    Optional.ofNullable(code)));
        }
    }
}
