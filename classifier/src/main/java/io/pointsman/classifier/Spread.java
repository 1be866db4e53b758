package io.pointsman.classifier;

/// How far the true gap of a kind of prompt may lie from the expected one, as a standard deviation
/// over kinds: little where the head was fitted on prompts like it, much where on none.
///
/// @param known of kinds that the head was fitted on
/// @param novel of kinds that it was not
/// @param near the similarity to the nearest known prompt from which on a prompt is of a known kind
/// @param far the similarity below which nearly no prompt of a known kind lies
public record Spread(double known, double novel, double near, double far) {

    public Spread {
        if (!(known > 0 && known <= novel && novel <= 1)) {
            throw new IllegalArgumentException(
                    "the spreads rise in (0, 1], not from %s to %s".formatted(known, novel));
        }
        if (!(far >= 0 && far < near && near <= 1)) {
            throw new IllegalArgumentException(
                    "the similarities rise in [0, 1], not from %s to %s".formatted(far, near));
        }
    }

    /// The standard deviation at `similarity`.
    public double at(double similarity) {
        double share = Math.clamp((similarity - far) / (near - far), 0, 1);
        return novel + share * (known - novel);
    }
}
