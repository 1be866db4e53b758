package io.pointsman.classifier.training;

import java.util.OptionalInt;

/// How the two models of a pair did on one prompt.
///
/// @param id names the row; a number where the file has none
/// @param source where the prompt is from; empty where unknown
/// @param task the family of prompts it belongs to; empty where unknown
/// @param prompt what was asked
/// @param weak the score of the fast model, in [0, 1]
/// @param strong the score of the reasoner, in [0, 1]
/// @param reasoningTokens how long the reasoner thought, where known
public record Outcome(
        String id,
        String source,
        String task,
        String prompt,
        double weak,
        double strong,
        OptionalInt reasoningTokens) {

    public Outcome {
        if (!(weak >= 0 && weak <= 1) || !(strong >= 0 && strong <= 1)) {
            throw new IllegalArgumentException("scores are in [0, 1]");
        }
    }

    /// What asking the reasoner gains, in [-1, 1].
    public double gap() {
        return strong - weak;
    }

    /// What asking the reasoner gains, losses counted as nothing.
    public double gain() {
        return Math.max(0, gap());
    }

    /// Source and task together.
    public String family() {
        return source + "/" + task;
    }
}
