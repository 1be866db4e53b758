package io.pointsman.serving.chat.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// Jinja's tests: what stands behind `is`.
final class Tests {

    private interface Predicate extends BiPredicate<Object, CallArguments> {}

    private static final Map<String, Predicate> BY_NAME = byName();

    private Tests() {}

    /// Whether there is a test of this name.
    static boolean exists(String name) {
        return BY_NAME.containsKey(name);
    }

    static boolean holds(String name, Object value, CallArguments arguments) {
        @Nullable Predicate test = BY_NAME.get(name);
        if (test == null) {
            throw new TemplateException("there is no test '" + name + "'");
        }
        return test.test(value, arguments);
    }

    private static Map<String, Predicate> byName() {
        var tests = new HashMap<String, Predicate>();
        tests.put("defined", (value, _) -> !(value instanceof Undefined));
        tests.put("undefined", (value, _) -> value instanceof Undefined);
        tests.put("none", (value, _) -> value == None.NONE);
        tests.put("true", (value, _) -> value.equals(true));
        tests.put("false", (value, _) -> value.equals(false));
        tests.put("boolean", (value, _) -> value instanceof Boolean);
        tests.put("string", (value, _) -> value instanceof String);
        tests.put("number", (value, _) -> Values.isNumber(value));
        tests.put("integer", (value, _) -> value instanceof Long);
        tests.put("float", (value, _) -> value instanceof Double);
        tests.put("mapping", (value, _) -> value instanceof Map);
        tests.put("sequence", (value, _) -> iterable(value));
        tests.put("iterable", (value, _) -> iterable(value));
        tests.put("callable", (value, _) -> value instanceof Callable);
        tests.put("odd", (value, _) -> Math.floorMod(Values.number(value).longValue(), 2) == 1);
        tests.put("even", (value, _) -> Math.floorMod(Values.number(value).longValue(), 2) == 0);
        tests.put("divisibleby", Tests::divisible);
        tests.put("upper", (value, _) -> isUpper(Values.text(value)));
        tests.put("lower", (value, _) -> isLower(Values.text(value)));
        tests.put("sameas", (value, other) -> value.equals(other.required(0, "other")));
        tests.put("in", (value, other) -> Values.contains(other.required(0, "seq"), value));
        tests.put("filter", (value, _) -> Filters.exists(Values.text(value)));
        tests.put("test", (value, _) -> exists(Values.text(value)));
        alias(tests, (value, other) -> Values.equal(value, other(other)), "eq", "equalto", "==");
        alias(tests, (value, other) -> !Values.equal(value, other(other)), "ne", "!=");
        alias(tests, (v, other) -> Values.compare(v, other(other)) < 0, "lt", "lessthan", "<");
        alias(tests, (v, other) -> Values.compare(v, other(other)) <= 0, "le", "<=");
        alias(tests, (v, other) -> Values.compare(v, other(other)) > 0, "gt", "greaterthan", ">");
        alias(tests, (v, other) -> Values.compare(v, other(other)) >= 0, "ge", ">=");
        return tests;
    }

    private static void alias(Map<String, Predicate> tests, Predicate test, String... names) {
        for (var name : names) {
            tests.put(name, test);
        }
    }

    private static Object other(CallArguments arguments) {
        return arguments.required(0, "other");
    }

    private static boolean iterable(Object value) {
        return value instanceof String
                || value instanceof List
                || value instanceof Map
                || value instanceof Undefined;
    }

    private static boolean divisible(Object value, CallArguments arguments) {
        long divisor = Values.number(arguments.required(0, "num")).longValue();
        if (divisor == 0) {
            throw new TemplateException("a division by zero");
        }
        return Values.number(value).longValue() % divisor == 0;
    }

    private static boolean isUpper(String text) {
        return text.equals(Methods.upper(text)) && !text.equals(Methods.lower(text));
    }

    private static boolean isLower(String text) {
        return text.equals(Methods.lower(text)) && !text.equals(Methods.upper(text));
    }
}
