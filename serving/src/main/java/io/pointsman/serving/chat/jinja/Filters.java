package io.pointsman.serving.chat.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Jinja's filters: what stands behind `|`. `tojson` is Hugging Face's.
final class Filters {

    @FunctionalInterface
    private interface Filter {

        Object apply(Object value, CallArguments arguments);
    }

    private static final Map<String, Filter> BY_NAME = byName();

    private Filters() {}

    /// Whether there is a filter of this name.
    static boolean exists(String name) {
        return BY_NAME.containsKey(name);
    }

    static Object apply(String name, Object value, CallArguments arguments) {
        @Nullable Filter filter = BY_NAME.get(name);
        if (filter == null) {
            throw new TemplateException("there is no filter '" + name + "'");
        }
        return filter.apply(value, arguments);
    }

    private static Map<String, Filter> byName() {
        var filters = new HashMap<String, Filter>();
        filters.put("tojson", Filters::toJson);
        filters.put("string", (value, _) -> Values.text(value));
        filters.put("safe", (value, _) -> value);
        filters.put("escape", (value, _) -> escape(Values.text(value)));
        filters.put("e", (value, _) -> escape(Values.text(value)));
        filters.put("trim", (value, arguments) -> Methods.strip(Values.text(value), arguments));
        filters.put("upper", (value, _) -> Methods.upper(Values.text(value)));
        filters.put("lower", (value, _) -> Methods.lower(Values.text(value)));
        filters.put("title", (value, _) -> PythonText.title(Values.text(value)));
        filters.put("capitalize", (value, _) -> PythonText.capitalize(Values.text(value)));
        filters.put("replace", Filters::replace);
        filters.put("indent", Filters::indent);
        filters.put("format", (value, given) -> format(Values.text(value), given));
        filters.put("length", (value, _) -> (long) Values.length(value));
        filters.put("count", (value, _) -> (long) Values.length(value));
        filters.put("wordcount", (value, _) -> (long) words(value).size());
        filters.put("default", Filters::otherwise);
        filters.put("d", Filters::otherwise);
        filters.put("list", (value, _) -> Values.items(value));
        filters.put("items", (value, _) -> items(value));
        filters.put("dictsort", Filters::sortedPairs);
        filters.put("first", (value, _) -> end(Values.items(value), true));
        filters.put("last", (value, _) -> end(Values.items(value), false));
        filters.put("reverse", (value, _) -> reverse(value));
        filters.put("sort", Filters::sort);
        filters.put("unique", Filters::unique);
        filters.put("join", Filters::join);
        filters.put("map", Filters::map);
        filters.put("select", (value, given) -> select(value, given, true));
        filters.put("reject", (value, given) -> select(value, given, false));
        filters.put("selectattr", (value, given) -> selectByAttribute(value, given, true));
        filters.put("rejectattr", (value, given) -> selectByAttribute(value, given, false));
        filters.put("min", (value, _) -> extreme(value, Values::compare));
        filters.put("max", (value, _) -> extreme(value, (a, b) -> Values.compare(b, a)));
        filters.put("sum", Filters::sum);
        filters.put("abs", (value, _) -> absolute(Values.number(value)));
        filters.put("int", Filters::integer);
        filters.put("float", Filters::real);
        filters.put("round", Filters::round);
        filters.put("attr", (value, given) -> Members.attribute(value, given.text(0, "name", "")));
        filters.put("batch", Filters::batch);
        return filters;
    }

    private static String toJson(Object value, CallArguments arguments) {
        var indent = arguments.get(2, "indent").filter(given -> given != None.NONE);
        // Jinja's own takes the indent first, Hugging Face's `ensure_ascii`.
        if (indent.isEmpty() && arguments.named().isEmpty()) {
            indent = arguments.get(0, "indent").filter(Long.class::isInstance);
        }
        var item = indent.isPresent() ? "," : ", ";
        var key = ": ";
        if (arguments.named().get("separators") instanceof List<?> given && given.size() == 2) {
            item = Values.text(given.get(0));
            key = Values.text(given.get(1));
        }
        var level =
                indent.map(given ->
                        given instanceof String text
                                ? text
                                : " ".repeat(Math.clamp(Values.index(given), 0, 64)));
        return new Json(
                        level.orElse(""),
                        level.isEmpty(),
                        item,
                        key,
                        Values.isTrue(arguments.named().getOrDefault("sort_keys", false)))
                .write(value);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }

    private static String replace(Object value, CallArguments arguments) {
        var texts =
                new CallArguments(
                        List.of(
                                Values.text(arguments.required(0, "old")),
                                Values.text(arguments.required(1, "new")),
                                (long) arguments.integer(2, "count", -1)),
                        Map.of());
        return Methods.replace(Values.text(value), texts);
    }

    private static String indent(Object value, CallArguments arguments) {
        var width = arguments.get(0, "width").orElse(4L);
        var margin =
                width instanceof String text
                        ? text
                        : " ".repeat(Math.clamp(Values.index(width), 0, 1000));
        boolean first = arguments.truth(1, "first");
        boolean blank = arguments.truth(2, "blank");
        var text = Values.text(value);
        var indented = new StringBuilder();
        boolean start = true;
        for (var line : text.split("\n", -1)) {
            if (!start) {
                indented.append('\n');
            }
            indented.append((start ? first : blank || !line.isEmpty()) ? margin : "").append(line);
            start = false;
        }
        return indented.toString();
    }

    private static String format(String format, CallArguments arguments) {
        return Formats.percent(format, arguments.positional());
    }

    private static List<Object> words(Object value) {
        return PythonText.words(Values.text(value), -1);
    }

    private static Object otherwise(Object value, CallArguments arguments) {
        boolean missing =
                value instanceof Undefined
                        || (arguments.truth(1, "boolean") && !Values.isTrue(value));
        return missing ? arguments.get(0, "default_value").orElse("") : value;
    }

    private static List<Object> items(Object value) {
        return switch (value) {
            case Map<?, ?> entries -> Values.pairs(entries);
            case Undefined _ -> List.of();
            default -> throw new TemplateException(Values.kind(value) + " has no items");
        };
    }

    private static List<Object> sortedPairs(Object value, CallArguments arguments) {
        boolean caseSensitive = arguments.truth(0, "case_sensitive");
        int by = arguments.text(1, "by", "key").equals("value") ? 1 : 0;
        var order =
                Comparator.comparing(
                        pair -> folded(Values.items(pair).get(by), caseSensitive), Values::compare);
        return sorted(items(value), arguments.truth(2, "reverse") ? order.reversed() : order);
    }

    private static List<Object> sort(Object value, CallArguments arguments) {
        boolean caseSensitive = arguments.truth(1, "case_sensitive");
        var attribute = arguments.named().get("attribute");
        var order =
                Comparator.<Object, Object>comparing(
                        item -> folded(attributeOf(item, attribute), caseSensitive),
                        Values::compare);
        return sorted(
                Values.items(value), arguments.truth(0, "reverse") ? order.reversed() : order);
    }

    private static List<Object> sorted(List<Object> items, Comparator<Object> order) {
        var sorted = new ArrayList<>(items);
        sorted.sort(order);
        return sorted;
    }

    private static Object folded(Object value, boolean caseSensitive) {
        return value instanceof String text && !caseSensitive ? Methods.lower(text) : value;
    }

    private static List<Object> unique(Object value, CallArguments arguments) {
        boolean caseSensitive = arguments.truth(0, "case_sensitive");
        var attribute = arguments.named().get("attribute");
        var seen = new ArrayList<>();
        var unique = new ArrayList<>();
        for (var item : Values.items(value)) {
            var key = folded(attributeOf(item, attribute), caseSensitive);
            if (!Values.contains(seen, key)) {
                seen.add(key);
                unique.add(item);
            }
        }
        return unique;
    }

    private static Object end(List<Object> items, boolean first) {
        return items.isEmpty()
                ? new Undefined(first ? "first" : "last")
                : first ? items.getFirst() : items.getLast();
    }

    private static Object reverse(Object value) {
        return value instanceof String text
                ? new StringBuilder(text).reverse().toString()
                : new ArrayList<>(Values.items(value)).reversed();
    }

    private static String join(Object value, CallArguments arguments) {
        var attribute = arguments.get(1, "attribute").orElse(None.NONE);
        return Values.items(value).stream()
                .map(item -> Values.text(attributeOf(item, attribute)))
                .collect(Collectors.joining(arguments.text(0, "d", "")));
    }

    private static List<Object> map(Object value, CallArguments arguments) {
        var attribute = arguments.named().get("attribute");
        var mapped = new ArrayList<>();
        for (var item : itemsIfTrue(value)) {
            if (attribute == null) {
                var name = Values.text(arguments.required(0, "name"));
                mapped.add(apply(name, item, arguments.rest()));
            } else {
                var found = attributeOf(item, attribute);
                var otherwise = arguments.named().get("default");
                mapped.add(found instanceof Undefined && otherwise != null ? otherwise : found);
            }
        }
        return mapped;
    }

    private static List<Object> select(Object value, CallArguments arguments, boolean wanted) {
        return kept(value, item -> passes(item, arguments) == wanted);
    }

    private static List<Object> selectByAttribute(
            Object value, CallArguments arguments, boolean wanted) {
        var attribute = arguments.required(0, "attribute");
        return kept(
                value, item -> passes(attributeOf(item, attribute), arguments.rest()) == wanted);
    }

    private static List<Object> itemsIfTrue(Object value) {
        return Values.isTrue(value) ? Values.items(value) : List.of();
    }

    private static List<Object> kept(Object value, Predicate<Object> test) {
        return itemsIfTrue(value).stream()
                .filter(test)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /// Whether an item passes the test that the first argument names, or is true where there is
    /// none.
    private static boolean passes(Object item, CallArguments arguments) {
        return arguments.positional().isEmpty()
                ? Values.isTrue(item)
                : Tests.holds(
                        Values.text(arguments.positional().getFirst()), item, arguments.rest());
    }

    /// `a.b.0` of an item, or the item where there is no such attribute to ask for.
    private static Object attributeOf(Object item, @Nullable Object attribute) {
        if (attribute == null || attribute == None.NONE) {
            return item;
        }
        var value = item;
        for (var part : Values.text(attribute).split("\\.", -1)) {
            boolean index = !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9');
            value =
                    Members.item(
                            value,
                            index && part.length() < 10 ? (Object) Long.valueOf(part) : part);
        }
        return value;
    }

    private static Object extreme(Object value, Comparator<Object> order) {
        return Values.items(value).stream()
                .min(order)
                .orElseGet(() -> new Undefined("the extreme of nothing"));
    }

    private static Object sum(Object value, CallArguments arguments) {
        var attribute = arguments.get(0, "attribute").orElse(None.NONE);
        Object sum = arguments.get(1, "start").orElse(0L);
        for (var item : Values.items(value)) {
            sum = Arithmetic.apply("+", sum, attributeOf(item, attribute));
        }
        return sum;
    }

    private static Object absolute(Number number) {
        return number instanceof Long whole
                ? (Object) Math.abs(whole)
                : (Object) Math.abs(number.doubleValue());
    }

    private static Object integer(Object value, CallArguments arguments) {
        Object otherwise = arguments.get(0, "default").orElse(0L);
        return switch (value) {
            case Double real -> real.longValue();
            case String text -> wholeNumber(text.strip()).map(Object.class::cast).orElse(otherwise);
            default -> Values.isNumber(value) ? (Object) Values.number(value) : otherwise;
        };
    }

    private static Optional<Long> wholeNumber(String text) {
        try {
            return Optional.of(new BigDecimal(text).longValue());
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static Object real(Object value, CallArguments arguments) {
        Object otherwise = arguments.get(0, "default").orElse(0.0);
        if (Values.isNumber(value)) {
            return Values.number(value).doubleValue();
        }
        try {
            return value instanceof String text ? Double.valueOf(text.strip()) : otherwise;
        } catch (NumberFormatException _) {
            return otherwise;
        }
    }

    private static Object round(Object value, CallArguments arguments) {
        var mode =
                switch (arguments.text(1, "method", "common")) {
                    case "ceil" -> RoundingMode.CEILING;
                    case "floor" -> RoundingMode.FLOOR;
                    default -> RoundingMode.HALF_EVEN;
                };
        double number = Values.number(value).doubleValue();
        if (!Double.isFinite(number)) {
            return number;
        }
        int precision = Math.clamp(arguments.integer(0, "precision", 0), -300, 300);
        return new BigDecimal(number).setScale(precision, mode).doubleValue();
    }

    private static List<Object> batch(Object value, CallArguments arguments) {
        int size = Math.max(1, Values.index(arguments.required(0, "linecount")));
        var fill = arguments.get(1, "fill_with").filter(given -> given != None.NONE);
        var items = Values.items(value);
        var batches = new ArrayList<>();
        for (int start = 0; start < items.size(); start += size) {
            var batch = new ArrayList<>(items.subList(start, Math.min(items.size(), start + size)));
            if (fill.isPresent() && size <= 100_000) {
                while (batch.size() < size) {
                    batch.add(fill.get());
                }
            }
            batches.add(batch);
        }
        return batches;
    }
}
