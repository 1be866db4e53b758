package io.pointsman.classifier.training;

import io.pointsman.classifier.features.Conversation;
import io.pointsman.classifier.features.Encoding;
import io.pointsman.classifier.features.FeatureExtractor;
import io.pointsman.classifier.features.Features;
import java.util.Optional;

/// An outcome as the regression sees it. Immutable by contract: nobody writes to the arrays.
///
/// @param outcome where it is from
/// @param features what its prompt looks like
/// @param encoded the structural features, encoded
/// @param weight how much it counts
record Example(Outcome outcome, Features features, float[] encoded, double weight) {

    /// The example of `outcome`; empty where its prompt has no text to judge.
    static Optional<Example> of(Outcome outcome, double weight) {
        return FeatureExtractor.extract(Conversation.ofPrompt(outcome.prompt()))
                .map(f -> new Example(outcome, f, Encoding.encode(f.structure()), weight));
    }

    /// What the margin's sigmoid is fitted to: the gap, brought to [0, 1].
    double target() {
        return (1 + outcome.gap()) / 2;
    }

    Example withWeight(double other) {
        return new Example(outcome, features, encoded, other);
    }
}
