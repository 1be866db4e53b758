package io.pointsman.serving.chat.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The names that statements see: those set here, then those set around it. What is set in a loop's
/// body or a macro is gone behind it.
final class Scope {

    private final @Nullable Scope parent;
    private final Map<String, Object> values = new HashMap<>();

    Scope(Map<String, Object> values) {
        parent = null;
        this.values.putAll(values);
    }

    private Scope(Scope parent) {
        this.parent = parent;
    }

    Scope inner() {
        return new Scope(this);
    }

    void set(String name, Object value) {
        values.put(name, value);
    }

    Object get(String name) {
        for (var scope = this; scope != null; scope = scope.parent) {
            var value = scope.values.get(name);
            if (value != null) {
                return value;
            }
        }
        return new Undefined(name);
    }
}
