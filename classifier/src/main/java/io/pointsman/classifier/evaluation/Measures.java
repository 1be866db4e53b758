package io.pointsman.classifier.evaluation;

import io.pointsman.classifier.training.Outcome;
import java.util.List;
import java.util.stream.IntStream;

/// The measures of one set of scores.
///
/// @param apgr see [RoutingCurve#apgr()]
/// @param cpt50 the share of calls that recovers half of the gap
/// @param cpt80 the share of calls that recovers four fifths of it
/// @param auc how well scores tell rows that gain from rows that do not; not a number where all
///   rows are of one kind
public record Measures(double apgr, double cpt50, double cpt80, double auc) {

    /// The measures of `scores` over `rows`.
    public static Measures of(List<Outcome> rows, double[] scores) {
        var curve = RoutingCurve.of(rows, scores);
        return new Measures(
                curve.apgr(), curve.callsFor(0.5), curve.callsFor(0.8), auc(rows, scores));
    }

    /// The mean squared distance of `probabilities` from the gains.
    public static double brier(List<Outcome> rows, double[] probabilities) {
        double sum = 0;
        for (int i = 0; i < probabilities.length; i++) {
            double error = probabilities[i] - rows.get(i).gain();
            sum += error * error;
        }
        return sum / probabilities.length;
    }

    /// The expected calibration error of `probabilities`, in ten bins of equal width.
    public static double calibrationError(List<Outcome> rows, double[] probabilities) {
        var errors = new double[10];
        for (int i = 0; i < probabilities.length; i++) {
            int bin = Math.min(9, (int) (probabilities[i] * 10));
            errors[bin] += probabilities[i] - rows.get(i).gain();
        }
        double sum = 0;
        for (double error : errors) {
            sum += Math.abs(error);
        }
        return sum / probabilities.length;
    }

    /// The area under the ROC curve for "gains at least one half", ties counted half.
    private static double auc(List<Outcome> rows, double[] scores) {
        var order =
                IntStream.range(0, scores.length)
                        .boxed()
                        .sorted((a, b) -> Double.compare(scores[a], scores[b]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        double ranks = 0;
        long positives = 0;
        for (int from = 0; from < order.length; ) {
            int to = from + 1;
            while (to < order.length && scores[order[to]] == scores[order[from]]) {
                to++;
            }
            for (int i = from; i < to; i++) {
                if (rows.get(order[i]).gain() >= 0.5) {
                    positives++;
                    ranks += (from + 1 + to) / 2.0;
                }
            }
            from = to;
        }
        long negatives = order.length - positives;
        return positives == 0 || negatives == 0
                ? Double.NaN
                : (ranks - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
    }
}
