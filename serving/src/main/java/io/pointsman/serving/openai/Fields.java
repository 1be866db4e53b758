package io.pointsman.serving.openai;

import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The fields of a request's body; immutable. `null` means that a field is absent. Whatever is not
/// as it must be is a [Failure.InvalidRequest] that names the field and never quotes it.
record Fields(ObjectNode object) {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    static Fields read(byte[] body) {
        try {
            if (MAPPER.readTree(body) instanceof ObjectNode object) {
                return new Fields(object);
            }
        } catch (JacksonException e) {
            var place = e.getLocation();
            throw invalid(
                    "The body is not valid JSON in UTF-8: see line %d, column %d."
                            .formatted(place.getLineNr(), place.getColumnNr()),
                    "invalid_json",
                    null);
        }
        throw invalid("The body must be a JSON object.", "invalid_json", null);
    }

    Optional<JsonNode> value(String name) {
        var value = object.get(name);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    Optional<String> text(String name) {
        return value(name)
                .map(value -> {
                    check(value.isString(), name, "a string");
                    return value.stringValue();
                });
    }

    boolean flag(String name) {
        return value(name)
                .map(value -> {
                    check(value.isBoolean(), name, "true or false");
                    return value.booleanValue();
                })
                .orElse(false);
    }

    OptionalInt integer(String name, int least, int most) {
        var value = value(name);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        check(value.get().isIntegralNumber(), name, "an integer");
        var number = value.get().bigIntegerValue();
        if (number.bitLength() > 31 && number.signum() > 0 && most == Integer.MAX_VALUE) {
            return OptionalInt.of(most);
        }
        checkRange(
                number.bitLength() <= 31 && number.intValue() >= least && number.intValue() <= most,
                name,
                "from %d to %d".formatted(least, most));
        return OptionalInt.of(number.intValue());
    }

    OptionalLong seed(String name) {
        var value = value(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        check(value.get().isIntegralNumber(), name, "an integer");
        return OptionalLong.of(value.get().bigIntegerValue().longValue());
    }

    OptionalDouble number(String name, double least, double most) {
        var value = value(name);
        if (value.isEmpty()) {
            return OptionalDouble.empty();
        }
        check(value.get().isNumber(), name, "a number");
        double number = value.get().doubleValue();
        checkRange(number >= least && number <= most, name, "from %s to %s".formatted(least, most));
        return OptionalDouble.of(number);
    }

    /// A string, or an array of strings.
    List<String> texts(String name) {
        var value = value(name);
        if (value.isEmpty()) {
            return List.of();
        }
        if (value.get().isString()) {
            return List.of(value.get().stringValue());
        }
        check(value.get().isArray(), name, "a string or an array of strings");
        var texts = new ArrayList<String>();
        for (var element : value.get()) {
            check(element.isString(), name, "a string or an array of strings");
            texts.add(element.stringValue());
        }
        return texts;
    }

    /// An array of integers.
    List<Integer> integers(String name) {
        var value = value(name);
        var integers = new ArrayList<Integer>();
        if (value.isPresent()) {
            check(value.get().isArray(), name, "an array of integers");
            for (var element : value.get()) {
                check(
                        element.isIntegralNumber() && element.canConvertToInt(),
                        name,
                        "an array of integers");
                integers.add(element.intValue());
            }
        }
        return integers;
    }

    Optional<Fields> object(String name) {
        return value(name)
                .map(value -> {
                    check(value.isObject(), name, "an object");
                    return new Fields((ObjectNode) value);
                });
    }

    /// An array of objects, as maps and lists.
    List<Map<String, Object>> objects(String name) {
        var value = value(name);
        var objects = new ArrayList<Map<String, Object>>();
        if (value.isPresent()) {
            check(value.get().isArray(), name, "an array of objects");
            for (var element : value.get()) {
                check(element.isObject(), name, "an array of objects");
                objects.add(map(element));
            }
        }
        return objects;
    }

    /// An object, as maps and lists.
    Map<String, Object> map() {
        return map(object);
    }

    /// The object that a text says in JSON; nothing where it says none.
    static Optional<Map<String, Object>> parse(String json) {
        try {
            return MAPPER.readTree(json) instanceof ObjectNode object
                    ? Optional.of(map(object))
                    : Optional.empty();
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    @SuppressWarnings("unchecked") // An object's keys are strings.
    private static Map<String, Object> map(JsonNode node) {
        return MAPPER.convertValue(node, Map.class);
    }

    static void check(boolean right, String name, String what) {
        if (!right) {
            throw invalid("%s must be %s.".formatted(name, what), "invalid_type", name);
        }
    }

    private static void checkRange(boolean right, String name, String range) {
        if (!right) {
            throw invalid("%s must be %s.".formatted(name, range), "invalid_value", name);
        }
    }

    static FailureException missing(String name) {
        return invalid("%s is missing.".formatted(name), "missing_required_parameter", name);
    }

    static FailureException unsupported(String name, String message) {
        return invalid(message, "unsupported_parameter", name);
    }

    static FailureException invalid(String message, String code, @Nullable String param) {
        return new FailureException(
                new Failure.InvalidRequest(message, code, Optional.ofNullable(param)));
    }
}
