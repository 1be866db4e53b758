package io.pointsman.api;

import java.time.Instant;

/// A classifier that learns from outcomes. What it has learned counts from the next request on.
/// Safe for use by many threads.
public interface LearningClassifier extends Classifier {

    /// Learns how models did on a prompt that [#classify] has seen.
    ///
    /// @param id names the outcome: a second label with the same id joins the first, and replaces
    ///   the scores that both have
    /// @param tenant whose prompt it was; whether others profit is the owner's choice
    /// @param trace as the classification of the prompt carries it
    /// @param label how the models did
    /// @param now when the label came
    void learn(String id, String tenant, PromptTrace trace, Label label, Instant now);

    /// Lets what was learned age until `now`. Whoever has a clock calls it each minute or so.
    void advance(Instant now);
}
