package io.pointsman.classifier.memory;

import io.pointsman.api.PromptTrace;
import io.pointsman.api.TaskType;

/// A prompt as the memory keeps it, and what the head alone said of it.
///
/// @param hash of its text: equal for equal prompts
/// @param sketch what it looks like
/// @param expectedFast the head's probability that the fast model is good enough
/// @param expectedReasoner the head's probability that the reasoner is
/// @param novel whether it was too unlike all that was known
/// @param task what kind of work it asks for, as far as its build tells
public record Trace(
        long hash,
        Sketch sketch,
        float expectedFast,
        float expectedReasoner,
        boolean novel,
        TaskType task)
        implements PromptTrace {

    public Trace {
        checkProbability(expectedFast);
        checkProbability(expectedReasoner);
    }

    private static void checkProbability(float value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("an expectation is in [0, 1], not " + value);
        }
    }

    /// The same, of an equal sketch that is kept already.
    Trace of(Sketch known) {
        return new Trace(hash, known, expectedFast, expectedReasoner, novel, task);
    }
}
