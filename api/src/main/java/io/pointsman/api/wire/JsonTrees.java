package io.pointsman.api.wire;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Whole answers as trees, off the streaming path.
final class JsonTrees {

    private static final JsonMapper MAPPER =
            JsonMapper.builder(JsonInput.factory())
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private JsonTrees() {}

    /// The object that `json` holds.
    ///
    /// @throws IllegalArgumentException if it is not valid JSON or not an object
    static ObjectNode object(byte[] json) {
        if (read(json) instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalArgumentException("not a JSON object");
    }

    /// What `json` holds.
    ///
    /// @throws IllegalArgumentException if it is not valid JSON
    static JsonNode read(byte[] json) {
        try {
            return MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not valid JSON", e);
        }
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /// The UTF-8 bytes of `tree`. By way of a string: half a surrogate pair becomes a question mark
    /// instead of an exception.
    static byte[] bytes(JsonNode tree) {
        return MAPPER.writeValueAsString(tree).getBytes(StandardCharsets.UTF_8);
    }
}
