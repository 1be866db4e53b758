package io.pointsman.classifier.training;

import io.pointsman.classifier.features.Conversation;
import io.pointsman.classifier.features.FeatureExtractor;
import io.pointsman.classifier.features.Features;
import java.util.Optional;

/// A prompt, what a model should say of it, and how much that counts.
///
/// @param features what the prompt looks like
/// @param target what the model should say
/// @param weight how much it counts
record Example(Features features, double target, double weight) {

    /// The features of a prompt; empty where it has no text to judge.
    static Optional<Features> features(String prompt) {
        return FeatureExtractor.extract(Conversation.ofPrompt(prompt));
    }
}
