package io.pointsman.api;

/// Judges how hard a request is. Total: it never throws and never waits, and what it cannot judge
/// is [Classification.Unknown]. Implementations are safe for use by many threads.
@FunctionalInterface
public interface Classifier {

    /// The difficulty of `request`, in well under a millisecond.
    Classification classify(ChatRequest request);
}
