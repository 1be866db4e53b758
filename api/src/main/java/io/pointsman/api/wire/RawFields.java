package io.pointsman.api.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// The fields of a JSON object in the making, whose values are copied as the bytes that they came
/// as. Confined to one thread.
final class RawFields {

    private static final byte[] COMMA = {','};
    private static final byte[] COLON = {':'};
    private static final byte[] OPEN = {'{'};
    private static final byte[] CLOSE = {'}'};

    private final Map<String, Value> fields = new LinkedHashMap<>();

    /// Sets `name`, unless `value` is null and the field is known.
    void keep(String name, Value value) {
        var known = fields.get(name);
        if (known == null || !(value.isNull() || value.same(known))) {
            fields.put(name, value);
        }
    }

    RawFields set(String name, Value value) {
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
        var json = new JsonBytes(512).raw(OPEN);
        byte[] between = {};
        for (var field : fields.entrySet()) {
            var value = field.getValue();
            json.raw(between).string(field.getKey()).raw(COLON);
            json.raw(value.json, value.from, value.to);
            between = COMMA;
        }
        return json.raw(CLOSE).toByteArray();
    }

    /// A value as the bytes of `json` in [from, to), which nobody writes to any more. Immutable.
    static final class Value {

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

        /// `text` as a string.
        static Value string(CharSequence text) {
            return of(new JsonBytes(text.length() + 16).string(text.toString()).toByteArray());
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

        boolean same(Value other) {
            return Arrays.equals(json, from, to, other.json, other.from, other.to);
        }

        byte[] toByteArray() {
            return Arrays.copyOfRange(json, from, to);
        }
    }
}
