package io.pointsman.serving.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is found in a value: `value.name`, `value[index]`, `value[from:to:step]`.
final class Members {

    private Members() {}

    /// A method or attribute of this name, else an item.
    static Object attribute(Object value, String name) {
        checkDefined(value, name);
        if (value instanceof Namespace(var attributes)) {
            var found = attributes.get(name);
            return found == null ? new Undefined(name) : found;
        }
        if (value instanceof Loop loop) {
            return loop.attribute(name);
        }
        return Methods.find(value, name)
                .or(() -> entry(value, name))
                .orElseGet(() -> new Undefined(name));
    }

    /// An item at this index or of this key, else a method or attribute.
    static Object item(Object value, Object index) {
        checkDefined(value, index);
        if (value instanceof Map) {
            return entry(value, index)
                    .or(() ->
                            index instanceof String name
                                    ? Methods.find(value, name)
                                    : Optional.empty())
                    .orElseGet(() -> new Undefined(Values.text(index)));
        }
        if (index instanceof String name) {
            return attribute(value, name);
        }
        if (index instanceof Long at) {
            return switch (value) {
                case List<?> items -> element(items, at);
                case String text -> element(PythonText.characters(text), at);
                default -> new Undefined(Values.text(index));
            };
        }
        return new Undefined(Values.text(index));
    }

    private static Optional<Object> entry(Object value, Object key) {
        return value instanceof Map<?, ?> entries
                ? Optional.ofNullable(entries.get(key))
                : Optional.empty();
    }

    private static Object element(List<?> items, long index) {
        long at = index < 0 ? index + items.size() : index;
        return at >= 0 && at < items.size() ? items.get((int) at) : new Undefined("item " + index);
    }

    private static void checkDefined(Object value, Object member) {
        if (value instanceof Undefined(var name)) {
            throw new TemplateException(
                    "'%s' is undefined and has no '%s'".formatted(name, Values.text(member)));
        }
    }

    static Object slice(
            Object value, Optional<Object> from, Optional<Object> to, Optional<Object> step) {
        int stride = bound(step).orElse(1);
        if (stride == 0) {
            throw new TemplateException("a slice has a step of zero");
        }
        var items =
                value instanceof String text ? PythonText.characters(text) : Values.items(value);
        var slice = new ArrayList<>();
        int size = items.size();
        int least = stride > 0 ? 0 : -1;
        int most = stride > 0 ? size : size - 1;
        int start =
                bound(from).map(at -> clamp(at, size, least, most)).orElse(stride > 0 ? 0 : most);
        int end = bound(to).map(at -> clamp(at, size, least, most)).orElse(stride > 0 ? size : -1);
        for (long i = start; stride > 0 ? i < end : i > end; i += stride) {
            slice.add(items.get((int) i));
        }
        if (value instanceof String) {
            var text = new StringBuilder();
            slice.forEach(text::append);
            return text.toString();
        }
        return slice;
    }

    private static Optional<Integer> bound(Optional<Object> given) {
        return given.filter(value -> value != None.NONE).map(Values::index);
    }

    private static int clamp(int index, int size, int least, int most) {
        return Math.clamp(index < 0 ? (long) index + size : index, least, most);
    }
}
