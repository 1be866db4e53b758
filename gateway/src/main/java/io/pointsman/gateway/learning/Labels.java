package io.pointsman.gateway.learning;

import io.pointsman.api.Label;
import io.pointsman.api.LearningClassifier;
import java.time.InstantSource;

/// Hands labels to the classifier, and counts them. Thread-safe.
final class Labels {

    private final LearningClassifier classifier;
    private final LearningMetrics metrics;
    private final InstantSource clock;

    Labels(LearningClassifier classifier, LearningMetrics metrics, InstantSource clock) {
        this.classifier = classifier;
        this.metrics = metrics;
        this.clock = clock;
    }

    /// Has the classifier learn `label` of the request `asked`, as far as it counts.
    void learn(Asked asked, Label label) {
        if (asked.basis().isEmpty()) {
            return;
        }
        var basis = asked.basis().get();
        asked.counting(label)
                .ifPresent(counting -> {
                    var now = clock.instant();
                    classifier.learn(
                            asked.outcome(basis), asked.tenant(), basis.trace(), counting, now);
                    metrics.learned(basis.chances(), counting, now);
                });
    }
}
