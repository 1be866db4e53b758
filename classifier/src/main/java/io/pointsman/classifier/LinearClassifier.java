package io.pointsman.classifier;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification;
import io.pointsman.api.Classifier;
import io.pointsman.classifier.features.Conversation;
import io.pointsman.classifier.features.FeatureExtractor;
import io.pointsman.classifier.features.Features;

/// Judges by one head. Immutable and safe for use by many threads; looks at a bounded number of
/// characters and messages, whatever a request holds.
///
/// @param head the pair's model
public record LinearClassifier(Head head) implements Classifier {

    @Override
    public Classification classify(ChatRequest request) {
        return classify(Conversation.of(request));
    }

    /// The difficulty of what the user said last.
    public Classification classify(Conversation conversation) {
        try {
            return FeatureExtractor.extract(conversation)
                    .<Classification>map(this::scored)
                    .orElse(new Classification.Unknown(Classification.Cause.NO_TEXT));
        } catch (RuntimeException | StackOverflowError e) {
            return new Classification.Unknown(Classification.Cause.FAILED);
        }
    }

    private Classification.Scored scored(Features features) {
        double difficulty = head.difficulty(features);
        return Classification.Scored.of(difficulty, Reasons.of(head, features, difficulty >= 0.5));
    }
}
