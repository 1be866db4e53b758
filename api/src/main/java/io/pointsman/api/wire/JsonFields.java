package io.pointsman.api.wire;

import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JsonToken;

/// Sets top-level fields of a JSON object, leaving all its other bytes as they are.
public final class JsonFields {

    private JsonFields() {}

    /// `object` with its field `name` set to the JSON `value`: replaced in place where there is
    /// such a field, else appended.
    ///
    /// @throws IllegalArgumentException if `object` is not a JSON object
    public static byte[] with(byte[] object, String name, byte[] value) {
        return with(object, Map.of(name, value));
    }

    static byte[] with(byte[] object, Map<String, byte[]> values) {
        var splices = new Splices();
        var appended = new TreeMap<>(values);
        try (var parser = JsonInput.open(object)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("not a JSON object");
            }
            boolean empty = true;
            for (var field = parser.nextName(); field != null; field = parser.nextName()) {
                empty = false;
                parser.nextToken();
                int from = JsonInput.start(parser);
                int to = JsonInput.end(parser);
                var value = values.get(field);
                if (value != null) {
                    splices.replace(from, to, value);
                    appended.remove(field);
                }
            }
            int end = JsonInput.start(parser);
            for (var field : appended.entrySet()) {
                var text = new JsonBytes(field.getValue().length + 64);
                text.raw(empty ? "" : ",").string(field.getKey()).raw(":").raw(field.getValue());
                splices.insert(end, text.toByteArray());
                empty = false;
            }
        }
        return splices.apply(object);
    }
}
