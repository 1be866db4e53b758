package io.pointsman.classifier.training;

import java.util.List;

/// Rows of outcomes of one pair.
///
/// @param weak the fast model's name; `weak` where the file names none
/// @param strong the reasoner's name; `strong` where the file names none
/// @param rows in the file's order
public record Outcomes(String weak, String strong, List<Outcome> rows) {

    public Outcomes {
        rows = List.copyOf(rows);
    }
}
