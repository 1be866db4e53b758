package io.pointsman.api.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// The fields of a JSON object in the making, whose values are copied as the bytes that they came
/// as. Confined to one thread.
final class RawFields implements JsonValue {

    private static final byte[] NOTHING = {};
    private static final byte[] COMMA = {','};
    private static final byte[] COLON = {':'};
    private static final byte[] OPEN = {'{'};
    private static final byte[] CLOSE = {'}'};

    private final Map<String, JsonValue> fields = new LinkedHashMap<>();

    /// Sets `name`, unless `value` is null and the field is known.
    void keep(String name, Value value) {
        var known = fields.get(name);
        if (known == null || !(value.isNull() || value.same(known))) {
            fields.put(name, value);
        }
    }

    RawFields set(String name, JsonValue value) {
        fields.put(name, value);
        return this;
    }

    /// Sets `name` as in `from`, if it is there.
    RawFields copy(String name, RawFields from) {
        var value = from.fields.get(name);
        if (value != null) {
            fields.put(name, value);
        }
        return this;
    }

    /// Sets all that is in `from`.
    void setAll(RawFields from) {
        fields.putAll(from.fields);
    }

    /// Adds what is in `from` alone.
    RawFields addAll(RawFields from) {
        from.fields.forEach(fields::putIfAbsent);
        return this;
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    byte[] toByteArray() {
        var json = new JsonBytes(1024);
        writeTo(json);
        return json.toByteArray();
    }

    @Override
    public void writeTo(JsonBytes json) {
        json.raw(OPEN);
        byte[] between = NOTHING;
        for (var field : fields.entrySet()) {
            json.raw(between).string(field.getKey()).raw(COLON);
            field.getValue().writeTo(json);
            between = COMMA;
        }
        json.raw(CLOSE);
    }

    /// A value as the bytes of `json` in [from, to), which nobody writes to any more. Immutable.
    static final class Value implements JsonValue {

        static final Value NULL = of("null");

        private final byte[] json;
        private final int from;
        private final int to;

        Value(byte[] json, int from, int to) {
            this.json = json;
            this.from = from;
            this.to = to;
        }

        static Value of(byte[] json) {
            return new Value(json, 0, json.length);
        }

        static Value of(String json) {
            return of(json.getBytes(StandardCharsets.UTF_8));
        }

        int from() {
            return from;
        }

        int to() {
            return to;
        }

        boolean isString() {
            return json[from] == '"';
        }

        boolean isNull() {
            return json[from] == 'n';
        }

        boolean isArray() {
            return json[from] == '[';
        }

        boolean isObject() {
            return json[from] == '{';
        }

        boolean same(JsonValue other) {
            return other instanceof Value value
                    && Arrays.equals(json, from, to, value.json, value.from, value.to);
        }

        @Override
        public void writeTo(JsonBytes json) {
            json.raw(this.json, from, to);
        }

        byte[] toByteArray() {
            return Arrays.copyOfRange(json, from, to);
        }
    }
}
