package io.pointsman.serving.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The values that a function, a filter or a test was given.
record CallArguments(List<Object> positional, Map<String, Object> named) {

    static final CallArguments NONE = new CallArguments(List.of(), Map.of());

    /// The argument at this place, or of this name.
    Optional<Object> get(int index, String name) {
        return index < positional.size()
                ? Optional.of(positional.get(index))
                : Optional.ofNullable(named.get(name));
    }

    Object required(int index, String name) {
        return get(index, name)
                .orElseThrow(() -> new TemplateException("the argument '" + name + "' is missing"));
    }

    String text(int index, String name, String otherwise) {
        return get(index, name).map(Values::text).orElse(otherwise);
    }

    int integer(int index, String name, int otherwise) {
        return get(index, name).map(Values::index).orElse(otherwise);
    }

    boolean truth(int index, String name) {
        return get(index, name).map(Values::isTrue).orElse(false);
    }

    /// The same without the first.
    CallArguments rest() {
        return new CallArguments(
                positional.isEmpty() ? positional : positional.subList(1, positional.size()),
                named);
    }
}
