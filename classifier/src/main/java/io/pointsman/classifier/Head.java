package io.pointsman.classifier;

import io.pointsman.classifier.features.Features;
import io.pointsman.classifier.memory.Sketch;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What was learned of one pair of models from their outcomes: how much the stronger one gains on a
/// prompt, how well it does, and how long it thinks. Immutable.
///
/// @param identity whose head it is and what it was fitted on
/// @param gap what asking the reasoner gains
/// @param reasoner how good the reasoner's answer is
/// @param thinking the natural logarithm of one plus the tokens that the reasoner thinks; empty
///   where the rows did not tell
/// @param calibration from the gap to a gain and a difficulty
/// @param spread how sure the gap is
/// @param percentiles the difficulty at 0, 1, ... 100 % of the rows of the fit, each judged by a
///   head that had not seen it; nobody writes to it
/// @param known prompts that it was fitted on, or a sample of them, and others that helped
public record Head(
        Identity identity,
        GapModel gap,
        LinearModel reasoner,
        Optional<LinearModel> thinking,
        Calibration calibration,
        Spread spread,
        float[] percentiles,
        List<Sketch> known) {

    /// How many percentiles there are.
    public static final int PERCENTILES = 101;

    /// The largest number of tokens that is told.
    private static final double MOST_TOKENS = 1e6;

    public Head {
        if (percentiles.length != PERCENTILES) {
            throw new IllegalArgumentException(
                    "%d percentiles where %d are needed"
                            .formatted(percentiles.length, PERCENTILES));
        }
        known = List.copyOf(known);
    }

    /// Where a head comes from.
    ///
    /// @param name as the configuration names it
    /// @param weak the fast model
    /// @param strong the reasoner
    /// @param rows how many outcomes it was fitted on
    /// @param fingerprint a hash of those outcomes and the settings
    public record Identity(String name, String weak, String strong, int rows, String fingerprint) {}

    /// What asking the reasoner is expected to gain, in [-1, 1].
    public double gap(Features features) {
        return Math.clamp(gap.of(features), -1, 1);
    }

    /// How good the reasoner's answer is expected to be, in [0, 1].
    public double reasoner(Features features) {
        return Math.clamp(reasoner.of(features), 0, 1);
    }

    /// How many tokens the reasoner is expected to think: the median.
    public OptionalInt thinkingTokens(Features features) {
        return thinking.map(model -> OptionalInt.of(tokens(model.of(features))))
                .orElse(OptionalInt.empty());
    }

    private static int tokens(double logarithm) {
        return (int) Math.round(Math.clamp(Math.expm1(logarithm), 0, MOST_TOKENS));
    }

    /// The difficulty score in [0, 1]; 0.5 where the expected gain is the break-even gain.
    public double difficulty(double expectedGap) {
        return calibration.difficulty(calibration.gain(expectedGap));
    }
}
