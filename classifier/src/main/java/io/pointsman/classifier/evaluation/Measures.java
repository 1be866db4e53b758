package io.pointsman.classifier.evaluation;

import io.pointsman.classifier.training.Outcome;
import java.util.List;

/// The measures of one set of scores.
///
/// @param apgr see [RoutingCurve#apgr()]
/// @param cpt50 the share of calls that recovers half of the gap
/// @param cpt80 the share of calls that recovers four fifths of it
/// @param for95 the share of calls that reaches 95 % of the reasoner's mean score
/// @param for98 the same for 98 %
/// @param for99 the same for 99 %
/// @param auc how well scores tell rows that gain at least one half from the others; not a number
///   where all rows are of one kind
public record Measures(
        double apgr,
        double cpt50,
        double cpt80,
        double for95,
        double for98,
        double for99,
        double auc) {

    /// The measures of `scores` over `rows`.
    public static Measures of(List<Outcome> rows, double[] scores) {
        var ranking = Ranking.of(rows, scores);
        return ranking.measures(ranking.once());
    }

    double[] values() {
        return new double[] {apgr, cpt50, cpt80, for95, for98, for99, auc};
    }
}
