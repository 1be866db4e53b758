package io.pointsman.classifier.evaluation;

import io.pointsman.classifier.training.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Rows in the order of one set of scores, highest first: sorted once, so that each resample costs
/// a pass and no sort. Immutable.
///
/// A resample says how often each row counts. Rows of equal score are taken as a group, each in
/// proportion, so that their order in the file does not matter.
final class Ranking {

    private static final double PAYS = 0.5;

    private final List<Outcome> rows;
    private final int[] order;
    private final int[] ends;

    private Ranking(List<Outcome> rows, int[] order, int[] ends) {
        this.rows = rows;
        this.order = order;
        this.ends = ends;
    }

    static Ranking of(List<Outcome> rows, double[] scores) {
        var order =
                IntStream.range(0, scores.length)
                        .boxed()
                        .sorted((a, b) -> Double.compare(scores[b], scores[a]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        var ends = new int[order.length];
        int groups = 0;
        for (int i = 1; i <= order.length; i++) {
            if (i == order.length || scores[order[i]] != scores[order[i - 1]]) {
                ends[groups++] = i;
            }
        }
        return new Ranking(List.copyOf(rows), order, Arrays.copyOf(ends, groups));
    }

    /// All rows once.
    int[] once() {
        var counts = new int[order.length];
        Arrays.fill(counts, 1);
        return counts;
    }

    /// The measures where each row counts as often as `counts` says.
    Measures measures(int[] counts) {
        var curve = curve(counts);
        return new Measures(
                curve.apgr(),
                curve.callsFor(0.5),
                curve.callsFor(0.8),
                curve.callsForQuality(0.95),
                curve.callsForQuality(0.98),
                curve.callsForQuality(0.99),
                auc(counts));
    }

    /// The curve where each row counts as often as `counts` says.
    RoutingCurve curve(int[] counts) {
        long total = 0;
        double weak = 0;
        for (int i = 0; i < counts.length; i++) {
            total += counts[i];
            weak += counts[i] * rows.get(i).weak();
        }
        var shares = new double[ends.length + 1];
        var gains = new double[ends.length + 1];
        int points = 0;
        long taken = 0;
        double collected = 0;
        int from = 0;
        for (int end : ends) {
            long before = taken;
            for (; from < end; from++) {
                int count = counts[order[from]];
                taken += count;
                collected += count * rows.get(order[from]).gap();
            }
            if (taken > before) {
                points++;
                shares[points] = (double) taken / total;
                gains[points] = collected / total;
            }
        }
        return new RoutingCurve(
                Arrays.copyOf(shares, points + 1),
                Arrays.copyOf(gains, points + 1),
                total == 0 ? 0 : weak / total);
    }

    /// The area under the ROC curve for "gains at least one half", ties counted half.
    private double auc(int[] counts) {
        long positives = 0;
        long negatives = 0;
        double wins = 0;
        int from = 0;
        for (int end : ends) {
            long tied = 0;
            long lower = 0;
            for (; from < end; from++) {
                int count = counts[order[from]];
                if (rows.get(order[from]).gain() >= PAYS) {
                    tied += count;
                } else {
                    lower += count;
                }
            }
            wins += lower * (positives + tied / 2.0);
            positives += tied;
            negatives += lower;
        }
        return positives == 0 || negatives == 0
                ? Double.NaN
                : wins / ((double) positives * negatives);
    }
}
