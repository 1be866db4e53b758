package io.pointsman.api.wire;

import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
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
        try {
            return JsonInput.read(json, ErrorBody::readBody);
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    private static Optional<ErrorBody> readBody(JsonTokens tokens) {
        if (tokens.next() != JsonToken.START_OBJECT) {
            return Optional.empty();
        }
        var fields = new Fields();
        fields.read(tokens);
        return fields.body();
    }

    /// Reads the error that `tokens`, standing on the value of `error`, are at.
    static ErrorBody readValue(JsonTokens tokens) {
        var fields = new Fields();
        fields.readError(tokens);
        return fields.body()
                .orElse(new ErrorBody("", "server_error", Optional.empty(), Optional.empty()));
    }

    private static final class Fields {
        private @Nullable String message;
        private @Nullable String type;
        private @Nullable String param;
        private @Nullable String code;

        /// Reads the object that `tokens` are at the start of.
        void read(JsonTokens tokens) {
            for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
                tokens.next();
                switch (name) {
                    case "error" -> readError(tokens);
                    case "message", "detail", "msg" -> message = text(tokens, message);
                    case "type" -> type = text(tokens, type);
                    case "param" -> param = text(tokens, param);
                    case "code" -> code = text(tokens, code);
                    default -> tokens.skipChildren();
                }
            }
        }

        void readError(JsonTokens tokens) {
            if (tokens.current() == JsonToken.START_OBJECT) {
                read(tokens);
            } else {
                message = text(tokens, message);
            }
        }

        /// The text or number at hand, or the first message in a list of problems.
        private @Nullable String text(JsonTokens tokens, @Nullable String otherwise) {
            return switch (tokens.current()) {
                case VALUE_STRING, VALUE_NUMBER_INT -> tokens.string();
                case START_ARRAY -> firstProblem(tokens, otherwise);
                case START_OBJECT -> {
                    tokens.skipChildren();
                    yield otherwise;
                }
                default -> otherwise;
            };
        }

        private static @Nullable String firstProblem(
                JsonTokens tokens, @Nullable String otherwise) {
            var problem = otherwise;
            while (tokens.next() != JsonToken.END_ARRAY) {
                var fields = new Fields();
                if (tokens.current() == JsonToken.START_OBJECT) {
                    fields.read(tokens);
                } else {
                    tokens.skipChildren();
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
