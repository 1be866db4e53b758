package io.pointsman.classifier;

import io.pointsman.classifier.features.Features;
import io.pointsman.classifier.features.Structure;

/// What asking the reasoner is expected to gain: the mean of what words and build say in a linear
/// model, and of what the build alone says in trees. The first is right on kinds of prompts like
/// those that it was fitted on; the second holds up better on others.
///
/// @param linear sees n-grams and structure
/// @param trees see structure alone
/// @param usual per structural feature, by ordinal, its mean contribution over the rows of the fit:
///   contributions are told against it; nobody writes to it
public record GapModel(LinearModel linear, TreeModel trees, float[] usual) {

    private static final float HALF = 0.5f;

    public GapModel {
        if (usual.length != Structure.COUNT) {
            throw new IllegalArgumentException(
                    "%d usual contributions where %d are needed"
                            .formatted(usual.length, Structure.COUNT));
        }
    }

    /// The expected gap, in the units of scores; may leave [-1, 1] a little.
    public double of(Features features) {
        return HALF * (linear.of(features) + trees.of(features));
    }

    /// How much each structural feature moves the gap away from what is usual, by ordinal.
    public float[] contributions(Features features) {
        var contributions = new float[Structure.COUNT];
        for (int i = 0; i < contributions.length; i++) {
            contributions[i] = -usual[i];
        }
        linear.explain(features, HALF, contributions);
        trees.explain(features, HALF, contributions);
        return contributions;
    }
}
