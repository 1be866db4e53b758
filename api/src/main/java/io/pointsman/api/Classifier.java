package io.pointsman.api;

import java.util.Optional;

/// Judges how hard a request is. Total: it never throws and never waits, and what it cannot judge
/// is [Classification.Unknown]. Implementations are safe for use by many threads.
@FunctionalInterface
public interface Classifier {

    /// The difficulty of `request`, in well under a millisecond.
    Classification classify(ChatRequest request);

    /// The kind of work that `request` asks for; empty where there is no telling. A question of its
    /// own, as no route depends on it: who does not ask does not pay.
    default Optional<Kind> kind(ChatRequest request) {
        return Optional.empty();
    }
}
