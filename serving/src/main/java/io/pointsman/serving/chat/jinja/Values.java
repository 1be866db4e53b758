package io.pointsman.serving.chat.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What values mean, as in Python. There are texts, `Long`s, `Double`s, `Boolean`s, lists (which
/// stand for tuples too), maps in their order, [None], [Undefined], [Namespace]s and [Callable]s;
/// none of them is ever changed but namespaces.
final class Values {

    private static final int MOST_DEPTH = 200;

    private Values() {}

    /// The value for something that came as JSON.
    static Object of(@Nullable Object json) {
        return of(json, 0);
    }

    private static Object of(@Nullable Object json, int depth) {
        check(depth);
        return switch (json) {
            case null -> None.NONE;
            case Double real -> real;
            case Float real -> real.doubleValue();
            case BigDecimal real -> real.doubleValue();
            case Number whole -> whole.longValue();
            case List<?> items -> {
                var list = new ArrayList<>(items.size());
                for (var item : items) {
                    list.add(of(item, depth + 1));
                }
                yield list;
            }
            case Map<?, ?> entries -> {
                var map = new LinkedHashMap<Object, Object>();
                entries.forEach((key, value) -> map.put(of(key, depth + 1), of(value, depth + 1)));
                yield map;
            }
            default -> json;
        };
    }

    static boolean isTrue(Object value) {
        return switch (value) {
            case Boolean truth -> truth;
            case String text -> !text.isEmpty();
            case Long whole -> whole != 0;
            case Double real -> real != 0;
            case List<?> items -> !items.isEmpty();
            case Map<?, ?> entries -> !entries.isEmpty();
            case None _, Undefined _ -> false;
            default -> true;
        };
    }

    /// What `str(value)` is.
    static String text(Object value) {
        return value instanceof String text
                ? text
                : append(value, new StringBuilder(), 0).toString();
    }

    private static StringBuilder append(Object value, StringBuilder to, int depth) {
        check(depth);
        switch (value) {
            case None _ -> to.append("None");
            case Boolean truth -> to.append(truth ? "True" : "False");
            case Double real -> to.append(PythonText.of(real));
            case String text -> to.append(depth == 0 ? text : PythonText.quoted(text));
            case Undefined _ -> to.append(depth == 0 ? "" : "Undefined");
            case List<?> items -> {
                to.append('[');
                var separator = "";
                for (var item : items) {
                    append(item, to.append(separator), depth + 1);
                    separator = ", ";
                }
                to.append(']');
            }
            case Map<?, ?> entries -> {
                to.append('{');
                var separator = "";
                for (var entry : entries.entrySet()) {
                    append(entry.getKey(), to.append(separator), depth + 1).append(": ");
                    append(entry.getValue(), to, depth + 1);
                    separator = ", ";
                }
                to.append('}');
            }
            case Long whole -> to.append(whole.longValue());
            default -> to.append('<').append(kind(value)).append('>');
        }
        return to;
    }

    /// What Python calls this kind of value.
    static String kind(Object value) {
        return switch (value) {
            case None _ -> "None";
            case Boolean _ -> "a bool";
            case Long _ -> "an int";
            case Double _ -> "a float";
            case String _ -> "a str";
            case List<?> _ -> "a list";
            case Map<?, ?> _ -> "a dict";
            case Namespace _ -> "a namespace";
            case Undefined(var name) -> "'" + name + "', which is undefined,";
            default -> "a function";
        };
    }

    /// A whole number where one is needed.
    static int index(Object value) {
        return switch (value) {
            case Boolean truth -> truth ? 1 : 0;
            case Long whole -> Math.clamp(whole, Integer.MIN_VALUE, Integer.MAX_VALUE);
            default -> throw new TemplateException(kind(value) + " is not a whole number");
        };
    }

    /// The number that a value is; a truth value is 0 or 1.
    static Number number(Object value) {
        return switch (value) {
            case Boolean truth -> truth ? 1L : 0L;
            case Number number -> number;
            default -> throw new TemplateException(kind(value) + " is not a number");
        };
    }

    static boolean isNumber(Object value) {
        return value instanceof Number || value instanceof Boolean;
    }

    static boolean equal(Object left, Object right) {
        return equal(left, right, 0);
    }

    private static boolean equal(Object left, Object right, int depth) {
        check(depth);
        if (isNumber(left) && isNumber(right)) {
            return compare(left, right) == 0;
        }
        if (left instanceof Undefined && right instanceof Undefined) {
            return true;
        }
        if (left instanceof List<?> one && right instanceof List<?> other) {
            if (one.size() != other.size()) {
                return false;
            }
            for (int i = 0; i < one.size(); i++) {
                if (!equal(one.get(i), other.get(i), depth + 1)) {
                    return false;
                }
            }
            return true;
        }
        if (left instanceof Map<?, ?> one && right instanceof Map<?, ?> other) {
            if (one.size() != other.size()) {
                return false;
            }
            for (var entry : one.entrySet()) {
                var value = other.get(entry.getKey());
                if (value == null || !equal(entry.getValue(), value, depth + 1)) {
                    return false;
                }
            }
            return true;
        }
        return left.equals(right);
    }

    /// The order of two numbers, texts or lists.
    static int compare(Object left, Object right) {
        if (isNumber(left) && isNumber(right)) {
            var one = number(left);
            var other = number(right);
            return one instanceof Long && other instanceof Long
                    ? Long.compare(one.longValue(), other.longValue())
                    : Double.compare(one.doubleValue(), other.doubleValue());
        }
        if (left instanceof String one && right instanceof String other) {
            return PythonText.compare(one, other);
        }
        if (left instanceof List<?> one && right instanceof List<?> other) {
            for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
                if (!equal(one.get(i), other.get(i))) {
                    return compare(one.get(i), other.get(i));
                }
            }
            return Integer.compare(one.size(), other.size());
        }
        throw new TemplateException(
                "%s and %s cannot be compared".formatted(kind(left), kind(right)));
    }

    static boolean contains(Object container, Object value) {
        return switch (container) {
            case String text when value instanceof String part -> text.contains(part);
            case List<?> items -> items.stream().anyMatch(item -> equal(item, value));
            case Map<?, ?> entries -> entries.containsKey(value);
            case Undefined _ -> false;
            default ->
                    throw new TemplateException(
                            "%s cannot be in %s".formatted(kind(value), kind(container)));
        };
    }

    /// What a loop over `value` goes through.
    @SuppressWarnings("unchecked")
    static List<Object> items(Object value) {
        return switch (value) {
            case List<?> items -> (List<Object>) items;
            case Map<?, ?> entries -> List.copyOf(entries.keySet());
            case String text -> List.copyOf(PythonText.characters(text));
            case Undefined _ -> List.of();
            default -> throw new TemplateException(kind(value) + " cannot be gone through");
        };
    }

    static int length(Object value) {
        return switch (value) {
            case String text -> PythonText.length(text);
            case List<?> items -> items.size();
            case Map<?, ?> entries -> entries.size();
            case Undefined _ -> 0;
            default -> throw new TemplateException(kind(value) + " has no length");
        };
    }

    /// The pairs of a map, each a list of a key and a value.
    static List<Object> pairs(Map<?, ?> entries) {
        var pairs = new ArrayList<>();
        entries.forEach((key, value) -> pairs.add(List.of(key, value)));
        return pairs;
    }

    private static void check(int depth) {
        if (depth > MOST_DEPTH) {
            throw new TemplateException("a value is nested too deeply");
        }
    }
}
