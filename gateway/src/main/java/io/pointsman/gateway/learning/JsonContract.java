package io.pointsman.gateway.learning;

import io.pointsman.api.ChatRequest;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a request for JSON asks of the answer, as far as it is cheaply known.
///
/// @param required properties that the schema requires at the top
record JsonContract(List<String> required) {

    /// The longest request that is looked through for its schema.
    private static final int MAX_BODY = 256 << 10;

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    JsonContract {
        required = List.copyOf(required);
    }

    /// The contract of `request`; empty where it asks for no JSON, or is too long to look through.
    static Optional<JsonContract> of(ChatRequest request) {
        var body = request.body().bytes();
        if (!request.structured() || body.length > MAX_BODY) {
            return Optional.empty();
        }
        return responseFormat(body).flatMap(JsonContract::of);
    }

    private static Optional<JsonNode> responseFormat(byte[] body) {
        var format = Optional.<JsonNode>empty();
        try (var parser = JSON.createParser(body)) {
            parser.nextToken();
            for (var name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                if (name.equals("response_format")
                        && parser.currentToken() == JsonToken.START_OBJECT) {
                    format = Optional.of(parser.readValueAsTree());
                } else {
                    parser.skipChildren();
                }
            }
        } catch (JacksonException _) {
            return Optional.empty();
        }
        return format;
    }

    private static Optional<JsonContract> of(JsonNode format) {
        return switch (format.path("type").asString("")) {
            case "json_object" -> Optional.of(new JsonContract(List.of()));
            case "json_schema" ->
                    Optional.of(
                            new JsonContract(
                                    format.at("/json_schema/schema/required")
                                            .valueStream()
                                            .filter(JsonNode::isString)
                                            .map(JsonNode::stringValue)
                                            .toList()));
            default -> Optional.empty();
        };
    }

    /// Whether `answer` does not keep it.
    boolean brokenBy(String answer) {
        try {
            var json = JSON.readTree(answer);
            return required.stream().anyMatch(property -> !json.has(property));
        } catch (StreamConstraintsException _) {
            return false;
        } catch (JacksonException _) {
            return true;
        }
    }
}
