package io.pointsman.serving.chat.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Writes values as Python's `json.dumps` does, with `ensure_ascii=False`.
///
/// @param indent what one level is indented by; empty to write one line
/// @param oneLine whether to write one line
record Json(String indent, boolean oneLine, String item, String key, boolean sorted) {

    private static final int MOST_DEPTH = 200;

    static final Json COMPACT = new Json("", true, ", ", ": ", false);

    String write(Object value) {
        return write(value, new StringBuilder(), 0).toString();
    }

    private StringBuilder write(Object value, StringBuilder to, int depth) {
        if (depth > MOST_DEPTH) {
            throw new TemplateException("a value is nested too deeply");
        }
        return switch (value) {
            case None _ -> to.append("null");
            case Boolean truth -> to.append(truth.booleanValue());
            case Long whole -> to.append(whole.longValue());
            case Double real -> to.append(number(real));
            case String text -> quote(text, to);
            case List<?> items -> list(items, to, depth);
            case Map<?, ?> entries -> map(entries, to, depth);
            default -> throw new TemplateException(Values.kind(value) + " cannot be JSON");
        };
    }

    private static String number(double real) {
        if (Double.isNaN(real)) {
            return "NaN";
        }
        return Double.isInfinite(real)
                ? (real > 0 ? "Infinity" : "-Infinity")
                : PythonText.of(real);
    }

    private StringBuilder list(List<?> items, StringBuilder to, int depth) {
        if (items.isEmpty()) {
            return to.append("[]");
        }
        to.append('[');
        boolean first = true;
        for (var element : items) {
            separate(to, first, depth + 1);
            write(element, to, depth + 1);
            first = false;
        }
        newLine(to, depth);
        return to.append(']');
    }

    private StringBuilder map(Map<?, ?> entries, StringBuilder to, int depth) {
        if (entries.isEmpty()) {
            return to.append("{}");
        }
        to.append('{');
        boolean first = true;
        var ordered = new ArrayList<Map.Entry<?, ?>>(entries.entrySet());
        if (sorted) {
            ordered.sort(Comparator.comparing(Map.Entry::getKey, Values::compare));
        }
        for (var entry : ordered) {
            separate(to, first, depth + 1);
            var name = entry.getKey();
            quote(name instanceof String text ? text : COMPACT.write(name), to).append(key);
            write(entry.getValue(), to, depth + 1);
            first = false;
        }
        newLine(to, depth);
        return to.append('}');
    }

    private void separate(StringBuilder to, boolean first, int depth) {
        if (!first) {
            to.append(item);
        }
        newLine(to, depth);
    }

    private void newLine(StringBuilder to, int depth) {
        if (!oneLine) {
            to.append('\n').repeat(indent, depth);
        }
    }

    private static StringBuilder quote(String text, StringBuilder to) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> to.append("\\\"");
                case '\\' -> to.append("\\\\");
                case '\n' -> to.append("\\n");
                case '\r' -> to.append("\\r");
                case '\t' -> to.append("\\t");
                case '\b' -> to.append("\\b");
                case '\f' -> to.append("\\f");
                default -> {
                    if (c < ' ') {
                        to.append("\\u").append("%04x".formatted((int) c));
                    } else {
                        to.append(c);
                    }
                }
            }
        }
        return to.append('"');
    }
}
