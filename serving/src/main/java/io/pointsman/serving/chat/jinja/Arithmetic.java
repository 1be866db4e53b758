package io.pointsman.serving.chat.jinja;

import java.util.ArrayList;
import java.util.List;

/// `+ - * / // % **` as Python has them, but for whole numbers beyond 64 bits.
final class Arithmetic {

    private static final int LONGEST = 16 << 20;

    private Arithmetic() {}

    static Object apply(String operator, Object left, Object right) {
        if (operator.equals("+") && left instanceof String one && right instanceof String other) {
            return one.concat(other);
        }
        if (operator.equals("+") && left instanceof List<?> one && right instanceof List<?> other) {
            var both = new ArrayList<Object>(one);
            both.addAll(other);
            return both;
        }
        if (operator.equals("%") && left instanceof String format) {
            return Formats.percent(format, right);
        }
        if (operator.equals("*") && (left instanceof String || left instanceof List)) {
            return repeat(left, Values.index(right));
        }
        if (operator.equals("*") && (right instanceof String || right instanceof List)) {
            return repeat(right, Values.index(left));
        }
        if (!Values.isNumber(left) || !Values.isNumber(right)) {
            throw new TemplateException(
                    "%s %s %s has no meaning"
                            .formatted(Values.kind(left), operator, Values.kind(right)));
        }
        var one = Values.number(left);
        var other = Values.number(right);
        try {
            return one instanceof Long a && other instanceof Long b
                    ? whole(operator, a, b)
                    : (Object) real(operator, one.doubleValue(), other.doubleValue());
        } catch (ArithmeticException e) {
            throw new TemplateException("a number is too large, or divided by zero");
        }
    }

    static Object negated(Object value) {
        return value instanceof Double real ? (Object) (-real) : apply("-", 0L, value);
    }

    private static Object whole(String operator, long a, long b) {
        return switch (operator) {
            case "+" -> Math.addExact(a, b);
            case "-" -> Math.subtractExact(a, b);
            case "*" -> Math.multiplyExact(a, b);
            case "//" -> Math.floorDiv(a, b);
            case "%" -> Math.floorMod(a, b);
            case "**" -> b < 0 ? (Object) Math.pow((double) a, (double) b) : (Object) power(a, b);
            default -> (Object) real(operator, (double) a, (double) b);
        };
    }

    private static long power(long base, long exponent) {
        if (base == 0 || base == 1) {
            return exponent == 0 ? 1 : base;
        }
        if (base == -1) {
            return exponent % 2 == 0 ? 1 : -1;
        }
        long result = 1;
        for (long i = 0; i < exponent; i++) {
            result = Math.multiplyExact(result, base);
        }
        return result;
    }

    private static double real(String operator, double a, double b) {
        if (b == 0 && "/%".indexOf(operator.charAt(0)) >= 0) {
            throw new ArithmeticException("division by zero");
        }
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> Math.floor(a / b);
            case "%" -> a - b * Math.floor(a / b);
            default -> Math.pow(a, b);
        };
    }

    private static Object repeat(Object value, int times) {
        int count = Math.max(0, times);
        long size = (long) Values.length(value) * count;
        if (size > LONGEST) {
            throw new TemplateException("the chat template writes too much");
        }
        if (value instanceof String text) {
            return text.repeat(count);
        }
        var items = Values.items(value);
        var repeated = new ArrayList<>((int) size);
        for (int i = 0; i < count && !items.isEmpty(); i++) {
            repeated.addAll(items);
        }
        return repeated;
    }
}
