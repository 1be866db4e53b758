package io.pointsman.gateway.learning;

import io.pointsman.gateway.learning.FinalAnswer.Choice;
import io.pointsman.gateway.learning.FinalAnswer.Expression;
import io.pointsman.gateway.learning.FinalAnswer.Json;
import io.pointsman.gateway.learning.FinalAnswer.Numeric;
import io.pointsman.gateway.learning.FinalAnswer.Words;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Whether two answers say the same. Where that could be a matter of writing (formulas, phrases, a
/// word within the other, digits left out, prose within JSON), it is undecided.
enum Agreement {
    SAME,
    DIFFERENT,
    UNDECIDED;

    /// Numbers this near, relatively, may be one number rounded.
    private static final BigDecimal ROUNDING = new BigDecimal("0.01");

    /// More words than this are a phrase, which can be put in other words.
    private static final int FEW_WORDS = 3;

    private static final Pattern BLANKS = Pattern.compile("\\s+");

    /// Whether the final answers of two texts agree; undecided where one has none.
    static Agreement of(String one, String other) {
        return FinalAnswer.of(one)
                .flatMap(a -> FinalAnswer.of(other).map(b -> of(a, b)))
                .orElse(UNDECIDED);
    }

    private static Agreement of(FinalAnswer one, FinalAnswer other) {
        if (one instanceof Numeric a && other instanceof Numeric b) {
            return of(a, b);
        }
        if (one instanceof Choice a && other instanceof Choice b) {
            return of(a.equals(b));
        }
        if (one instanceof Json(var a) && other instanceof Json(var b)) {
            return of(a, b);
        }
        if (one instanceof Expression a && other instanceof Expression b) {
            return a.equals(b) ? SAME : UNDECIDED;
        }
        if (one instanceof Words(var a) && other instanceof Words(var b)) {
            return words(a, b);
        }
        return UNDECIDED;
    }

    private static Agreement of(Numeric a, Numeric b) {
        var left = a.numerator().multiply(b.denominator());
        var right = b.numerator().multiply(a.denominator());
        if (left.compareTo(right) == 0) {
            return SAME;
        }
        var near = left.subtract(right).abs().compareTo(left.abs().multiply(ROUNDING)) <= 0;
        return near && !(whole(a) && whole(b)) ? UNDECIDED : DIFFERENT;
    }

    private static boolean whole(Numeric number) {
        return number.denominator().compareTo(BigDecimal.ONE) == 0
                && number.numerator().stripTrailingZeros().scale() <= 0;
    }

    private static Agreement words(String a, String b) {
        if (a.equals(b)) {
            return SAME;
        }
        var phrases = wordCount(a) > FEW_WORDS || wordCount(b) > FEW_WORDS;
        return phrases || a.contains(b) || b.contains(a) ? UNDECIDED : DIFFERENT;
    }

    private static int wordCount(String text) {
        return BLANKS.split(text).length;
    }

    private static Agreement of(JsonNode a, JsonNode b) {
        if (a.isNumber() && b.isNumber()) {
            return of(a.decimalValue().compareTo(b.decimalValue()) == 0);
        }
        if (a.isString() && b.isString()) {
            return words(a.stringValue().strip(), b.stringValue().strip());
        }
        if (a.isObject() && b.isObject()) {
            return a.propertyNames().containsAll(b.propertyNames()) && a.size() == b.size()
                    ? all(a.propertyStream().map(it -> of(it.getValue(), b.get(it.getKey()))))
                    : UNDECIDED;
        }
        if (a.isArray() && b.isArray()) {
            return a.size() == b.size()
                    ? all(IntStream.range(0, a.size()).mapToObj(i -> of(a.get(i), b.get(i))))
                    : UNDECIDED;
        }
        return of(a.equals(b));
    }

    /// Undecided where a part is, for the rest may hang on it; else different where a part is.
    private static Agreement all(Stream<Agreement> parts) {
        return parts.max(Comparator.naturalOrder()).orElse(SAME);
    }

    private static Agreement of(boolean same) {
        return same ? SAME : DIFFERENT;
    }
}
