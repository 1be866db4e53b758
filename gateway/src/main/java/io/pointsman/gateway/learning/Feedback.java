package io.pointsman.gateway.learning;

/// What became of what a client said of an answer.
public sealed interface Feedback {

    /// It counts from the next request on.
    ///
    /// @param side whose answer it is about
    /// @param pool the pool that answered
    record Learned(Side side, String pool) implements Feedback {}

    /// No feedback is taken.
    record Off() implements Feedback {}

    /// The tenant has no such request, or had it too long ago.
    ///
    /// @param message how long requests are kept
    record NotFound(String message) implements Feedback {}

    /// The request has no complete answer.
    record NotAnswered() implements Feedback {}

    /// Nothing can be learned from it.
    ///
    /// @param message why
    record NotLearnable(String message) implements Feedback {}
}
