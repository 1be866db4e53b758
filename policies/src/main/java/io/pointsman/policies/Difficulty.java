package io.pointsman.policies;

import io.pointsman.api.Classification;
import io.pointsman.api.RoutingContext;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.OptionalDouble;

/// A request's difficulty, and how it is written.
final class Difficulty {

    private static final int DECIMALS = 2;

    private Difficulty() {}

    /// The score; empty where the classifier gave none or doubts it, so that no condition on it
    /// holds.
    static OptionalDouble of(RoutingContext context) {
        return switch (context.classification()) {
            case Classification.Scored scored when scored.doubt().isEmpty() ->
                    OptionalDouble.of(scored.difficulty());
            case Classification.Scored _, Classification.Unknown _ -> OptionalDouble.empty();
        };
    }

    /// `difficulty` cut, not rounded, so that 0.4999 never reads as 0.50; with at least as many
    /// decimals as `threshold`, so that the two compare as the numbers do.
    static String words(double difficulty, double threshold) {
        var decimals = Math.max(DECIMALS, BigDecimal.valueOf(threshold).scale());
        return BigDecimal.valueOf(difficulty).setScale(decimals, RoundingMode.DOWN).toPlainString();
    }

    /// `threshold` as the configuration writes it.
    static String words(double threshold) {
        return BigDecimal.valueOf(threshold).stripTrailingZeros().toPlainString();
    }
}
