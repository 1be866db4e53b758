package io.pointsman.gateway;

import io.pointsman.api.Classifier;
import io.pointsman.classifier.memory.MemorySettings;
import io.pointsman.gateway.config.Head;

/// Makes the classifier of a gateway, which closes it where it is [AutoCloseable] and lets it learn
/// where it is an [io.pointsman.api.LearningClassifier].
@FunctionalInterface
public interface ClassifierSource {

    /// A classifier that scores with `head` and remembers as `memory` says.
    ///
    /// @throws RuntimeException if a file of either cannot be used; the message says which and why
    Classifier open(Head head, MemorySettings memory);
}
