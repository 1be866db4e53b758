package io.pointsman.classifier.evaluation;

import io.pointsman.classifier.training.Outcome;
import java.util.Arrays;
import java.util.List;

/// What share of prompts goes to the reasoner when the threshold is set for a requested share,
/// before the prompts are seen: at the quantile of the scores that were expected. Immutable by
/// contract: nobody writes to the array.
///
/// @param expected scores, rising; empty where nobody knows what to expect
record Escalation(double[] expected) {

    /// The requested shares, in percent.
    static final List<Integer> REQUESTED = List.of(10, 20, 30, 40, 50, 60, 70, 80, 90);

    static Escalation of(double[] expected) {
        var sorted = expected.clone();
        Arrays.sort(sorted);
        return new Escalation(sorted);
    }

    /// The score from which on a prompt goes to the reasoner, for `percent` of them to go.
    double threshold(int percent) {
        return Resampling.percentile(expected, 1 - percent / 100.0);
    }

    /// Per requested share, the share of rows whose score reaches its threshold, where each row
    /// counts as often as `counts` says; not a number where nothing is expected.
    double[] realised(double[] scores, int[] counts) {
        long total = Arrays.stream(counts).asLongStream().sum();
        var shares = new double[REQUESTED.size()];
        for (int i = 0; i < shares.length; i++) {
            double threshold = threshold(REQUESTED.get(i));
            long sent = 0;
            for (int row = 0; row < counts.length; row++) {
                sent += scores[row] >= threshold ? counts[row] : 0;
            }
            shares[i] = Double.isNaN(threshold) ? Double.NaN : (double) sent / total;
        }
        return shares;
    }

    /// What a threshold on `scores` makes of `rows`.
    ///
    /// @param share of the rows that go to the reasoner
    /// @param quality the mean score of the answers
    /// @param recovered the share of the gap; not a number where there is none
    record Effect(double share, double quality, double recovered) {

        static Effect of(double threshold, double[] scores, List<Outcome> rows) {
            int sent = 0;
            double quality = 0;
            double gained = 0;
            double all = 0;
            for (int i = 0; i < scores.length; i++) {
                var row = rows.get(i);
                boolean hard = scores[i] >= threshold;
                sent += hard ? 1 : 0;
                quality += hard ? row.strong() : row.weak();
                gained += hard ? row.gap() : 0;
                all += row.gap();
            }
            return new Effect(
                    (double) sent / rows.size(),
                    quality / rows.size(),
                    all > 0 ? gained / all : Double.NaN);
        }
    }
}
