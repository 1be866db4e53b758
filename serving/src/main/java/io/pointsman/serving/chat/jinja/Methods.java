package io.pointsman.serving.chat.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Python's methods of texts, lists and maps. Those that would change a value are not here.
final class Methods {

    private interface Method<T> extends BiFunction<T, CallArguments, Object> {}

    private static final Map<String, Method<String>> OF_TEXTS = ofTexts();
    private static final Map<String, Method<List<?>>> OF_LISTS = ofLists();
    private static final Map<String, Method<Map<?, ?>>> OF_MAPS = ofMaps();

    private Methods() {}

    /// The method of a value that is called so.
    static Optional<Object> find(Object value, String name) {
        return switch (value) {
            case String text -> bind(text, OF_TEXTS.get(name));
            case List<?> items -> bind(items, OF_LISTS.get(name));
            case Map<?, ?> entries -> bind(entries, OF_MAPS.get(name));
            default -> Optional.empty();
        };
    }

    private static <T> Optional<Object> bind(T value, @Nullable Method<T> method) {
        return method == null
                ? Optional.empty()
                : Optional.<Object>of((Callable) arguments -> method.apply(value, arguments));
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static Map<String, Method<String>> ofTexts() {
        var methods = new HashMap<String, Method<String>>();
        methods.put("upper", (text, _) -> upper(text));
        methods.put("lower", (text, _) -> lower(text));
        methods.put("title", (text, _) -> PythonText.title(text));
        methods.put("capitalize", (text, _) -> PythonText.capitalize(text));
        methods.put("strip", Methods::strip);
        methods.put("lstrip", Methods::stripLeading);
        methods.put("rstrip", Methods::stripTrailing);
        methods.put("split", Methods::split);
        methods.put("rsplit", Methods::splitFromRight);
        methods.put("splitlines", (text, _) -> PythonText.lines(text));
        methods.put("partition", (text, arguments) -> partition(text, separator(arguments)));
        methods.put("startswith", (text, arguments) -> any(arguments, text::startsWith));
        methods.put("endswith", (text, arguments) -> any(arguments, text::endsWith));
        methods.put("replace", (text, arguments) -> replace(text, arguments));
        methods.put("removeprefix", (text, arguments) -> removePrefix(text, separator(arguments)));
        methods.put("removesuffix", (text, arguments) -> removeSuffix(text, separator(arguments)));
        methods.put("join", (text, arguments) -> join(text, arguments.required(0, "iterable")));
        methods.put("find", (text, arguments) -> find(text, separator(arguments)));
        methods.put("count", (text, arguments) -> count(text, separator(arguments)));
        methods.put("format", Formats::braces);
        methods.put("isdigit", (text, _) -> all(text, Character::isDigit));
        methods.put("isalpha", (text, _) -> all(text, Character::isLetter));
        methods.put("isalnum", (text, _) -> all(text, Character::isLetterOrDigit));
        methods.put("isspace", (text, _) -> all(text, PythonText::isBlank));
        methods.put("isupper", (text, _) -> Tests.holds("upper", text, CallArguments.NONE));
        methods.put("islower", (text, _) -> Tests.holds("lower", text, CallArguments.NONE));
        return methods;
    }

    private static Map<String, Method<List<?>>> ofLists() {
        return Map.of(
                "index",
                (items, arguments) -> {
                    for (int i = 0; i < items.size(); i++) {
                        if (Values.equal(items.get(i), arguments.required(0, "value"))) {
                            return (long) i;
                        }
                    }
                    throw new TemplateException("the list has no such value");
                },
                "count",
                (items, arguments) ->
                        items.stream()
                                .filter(item -> Values.equal(item, arguments.required(0, "value")))
                                .count());
    }

    private static Map<String, Method<Map<?, ?>>> ofMaps() {
        return Map.of(
                "get",
                (entries, arguments) -> {
                    var value = entries.get(arguments.required(0, "key"));
                    return value != null ? value : arguments.get(1, "default").orElse(None.NONE);
                },
                "keys",
                (entries, _) -> new ArrayList<Object>(entries.keySet()),
                "values",
                (entries, _) -> new ArrayList<Object>(entries.values()),
                "items",
                (entries, _) -> Values.pairs(entries),
                "copy",
                (entries, _) -> entries);
    }

    static String strip(String text, CallArguments arguments) {
        return stripTrailing(stripLeading(text, arguments), arguments);
    }

    private static String stripLeading(String text, CallArguments arguments) {
        var characters = arguments.get(0, "chars").filter(value -> value != None.NONE);
        return characters.isEmpty()
                ? PythonText.stripLeading(text)
                : PythonText.stripLeading(text, Values.text(characters.get()));
    }

    private static String stripTrailing(String text, CallArguments arguments) {
        var characters = arguments.get(0, "chars").filter(value -> value != None.NONE);
        return characters.isEmpty()
                ? PythonText.stripTrailing(text)
                : PythonText.stripTrailing(text, Values.text(characters.get()));
    }

    private static List<Object> split(String text, CallArguments arguments) {
        var separator = arguments.get(0, "sep").filter(value -> value != None.NONE);
        int most = arguments.integer(1, "maxsplit", -1);
        return separator.isEmpty()
                ? PythonText.words(text, most)
                : PythonText.split(text, Values.text(separator.get()), most);
    }

    private static List<Object> splitFromRight(String text, CallArguments arguments) {
        return PythonText.splitFromRight(
                text, separator(arguments), arguments.integer(1, "maxsplit", -1));
    }

    private static List<Object> partition(String text, String separator) {
        int at = text.indexOf(separator);
        return at < 0
                ? List.of(text, "", "")
                : List.of(
                        text.substring(0, at), separator, text.substring(at + separator.length()));
    }

    private static boolean any(CallArguments arguments, Predicate<String> test) {
        var affix = arguments.required(0, "prefix");
        return affix instanceof List<?> several
                ? several.stream().map(Values::text).anyMatch(test)
                : test.test(requireText(affix));
    }

    private static boolean all(String text, IntPredicate test) {
        return !text.isEmpty() && text.codePoints().allMatch(test);
    }

    static String replace(String text, CallArguments arguments) {
        var old = requireText(arguments.required(0, "old"));
        var replacement = requireText(arguments.required(1, "new"));
        int most = arguments.integer(2, "count", -1);
        if (most < 0) {
            return text.replace(old, replacement);
        }
        var replaced = new StringBuilder();
        int from = 0;
        int at = text.indexOf(old);
        for (int i = 0; i < most && at >= 0; i++) {
            replaced.append(text, from, at).append(replacement);
            from = at + old.length();
            at = text.indexOf(old, from + (old.isEmpty() ? 1 : 0));
        }
        return replaced.append(text.substring(from)).toString();
    }

    private static String removePrefix(String text, String prefix) {
        return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
    }

    private static String removeSuffix(String text, String suffix) {
        return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
    }

    private static String join(String separator, Object items) {
        var joined = new StringBuilder();
        for (var item : Values.items(items)) {
            joined.append(joined.isEmpty() ? "" : separator).append(requireText(item));
        }
        return joined.toString();
    }

    private static long find(String text, String part) {
        int at = text.indexOf(part);
        return at < 0 ? -1 : text.codePointCount(0, at);
    }

    private static long count(String text, String part) {
        return part.isEmpty()
                ? PythonText.length(text) + 1
                : PythonText.split(text, part, -1).size() - 1;
    }

    private static String separator(CallArguments arguments) {
        return requireText(arguments.required(0, "sep"));
    }

    private static String requireText(Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new TemplateException(Values.kind(value) + " is not a str");
    }
}
