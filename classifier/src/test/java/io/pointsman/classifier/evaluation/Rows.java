package io.pointsman.classifier.evaluation;

import io.pointsman.classifier.training.Outcome;
import java.util.OptionalInt;

/// Rows of outcomes.
final class Rows {

    private Rows() {}

    static Outcome row(String id, double weak, double strong) {
        return of(id, weak == 0 ? "even" : "odd", "t", weak, strong);
    }

    static Outcome of(String id, String source, String task, double weak, double strong) {
        return new Outcome(id, source, task, "prompt " + id, weak, strong, OptionalInt.empty());
    }
}
