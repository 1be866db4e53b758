package io.pointsman.gateway.learning;

import io.pointsman.gateway.learning.FinalAnswer.Choice;
import io.pointsman.gateway.learning.FinalAnswer.Expression;
import io.pointsman.gateway.learning.FinalAnswer.Json;
import io.pointsman.gateway.learning.FinalAnswer.Numeric;
import io.pointsman.gateway.learning.FinalAnswer.Words;
import java.math.BigDecimal;
import java.util.Comparator;
import tools.jackson.databind.JsonNode;

/// Whether two answers say the same. Where that could be a matter of writing (formulas, a phrase
/// within the other, digits left out), it is undecided.
enum Agreement {
    SAME,
    DIFFERENT,
    UNDECIDED;

    /// Numbers this near, relatively, may be one number rounded.
    private static final BigDecimal ROUNDING = new BigDecimal("0.01");

    private static final Comparator<JsonNode> SCALARS =
            (a, b) -> {
                if (a.isNumber() && b.isNumber()) {
                    return a.decimalValue().compareTo(b.decimalValue());
                }
                return a.equals(b) ? 0 : 1;
            };

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
            return of(a.equals(SCALARS, b));
        }
        if (one instanceof Expression a && other instanceof Expression b) {
            return a.equals(b) ? SAME : UNDECIDED;
        }
        if (one instanceof Words(var a) && other instanceof Words(var b)) {
            return !a.equals(b) && (a.contains(b) || b.contains(a)) ? UNDECIDED : of(a.equals(b));
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

    private static Agreement of(boolean same) {
        return same ? SAME : DIFFERENT;
    }
}
