package io.pointsman.classifier.evaluation;

import io.pointsman.api.Label;
import io.pointsman.api.TaskType;
import io.pointsman.classifier.memory.OutcomeLog;
import io.pointsman.classifier.memory.RememberedOutcome;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/// A label as a memory of outcomes has kept it; features and hashes stay there, and a prompt was
/// never in it.
///
/// @param at when the label came
/// @param tenant whose prompt it was; empty where all share it
/// @param origin who labelled
/// @param task what kind of work the prompt asked for, as far as its build told
/// @param predicted the score that was expected, in [0, 1]
/// @param score how good the answer was, in [0, 1]
/// @param reasonerSide whether the reasoner answered; else the fast model
/// @param novel whether the prompt was unlike all that was known then
public record LearnedLabel(
        Instant at,
        String tenant,
        Label.Origin origin,
        TaskType task,
        double predicted,
        double score,
        boolean reasonerSide,
        boolean novel) {

    public LearnedLabel {
        check(predicted, "the predicted score");
        check(score, "the score");
    }

    /// The labels in a memory's file, one per model that an outcome tells of.
    ///
    /// @throws io.pointsman.classifier.memory.InvalidMemory where the file is no memory
    public static List<LearnedLabel> read(Path file) {
        return OutcomeLog.read(file).stream().flatMap(LearnedLabel::of).toList();
    }

    private static Stream<LearnedLabel> of(RememberedOutcome outcome) {
        var label = outcome.label();
        var trace = outcome.trace();
        return Stream.concat(
                label.fast().stream()
                        .mapToObj(score -> of(outcome, trace.expectedFast(), score, false)),
                label.reasoner().stream()
                        .mapToObj(score -> of(outcome, trace.expectedReasoner(), score, true)));
    }

    private static LearnedLabel of(
            RememberedOutcome outcome, float predicted, double score, boolean reasonerSide) {
        return new LearnedLabel(
                outcome.learned(),
                outcome.tenant(),
                outcome.label().origin(),
                outcome.trace().task(),
                predicted,
                score,
                reasonerSide,
                outcome.trace().novel());
    }

    private static void check(double value, String what) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(what + " is in [0, 1], not " + value);
        }
    }
}
