package io.pointsman.classifier.evaluation;

import io.pointsman.classifier.training.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Quality against the share of prompts that go to the reasoner, hardest by score first. Rows of
/// equal score are taken as a group, each in proportion, so that their order in the file does not
/// matter. Immutable by contract: nobody writes to the arrays.
///
/// @param shares rising from 0 to 1
/// @param gains per share, the mean gap that is collected up to there
/// @param weakMean the mean score of the fast model alone
public record RoutingCurve(double[] shares, double[] gains, double weakMean) {

    private static final int STEPS = 10;

    /// The curve of `scores` over `rows`.
    public static RoutingCurve of(List<Outcome> rows, double[] scores) {
        int count = rows.size();
        var order =
                IntStream.range(0, count)
                        .boxed()
                        .sorted((a, b) -> Double.compare(scores[b], scores[a]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        var shares = new double[count + 1];
        var gains = new double[count + 1];
        int groups = 0;
        double collected = 0;
        for (int i = 0; i < count; i++) {
            collected += rows.get(order[i]).gap();
            if (i + 1 == count || scores[order[i + 1]] != scores[order[i]]) {
                groups++;
                shares[groups] = (i + 1.0) / count;
                gains[groups] = collected / count;
            }
        }
        return new RoutingCurve(
                Arrays.copyOf(shares, groups + 1),
                Arrays.copyOf(gains, groups + 1),
                rows.stream().mapToDouble(Outcome::weak).average().orElse(0));
    }

    /// The mean gap that is collected by sending `share` of the prompts to the reasoner.
    public double gainAt(double share) {
        for (int i = 1; i < shares.length; i++) {
            if (share <= shares[i] + 1e-12) {
                double part = (share - shares[i - 1]) / (shares[i] - shares[i - 1]);
                return gains[i - 1] + part * (gains[i] - gains[i - 1]);
            }
        }
        return gains[gains.length - 1];
    }

    /// The mean gap of all rows: what sending everything to the reasoner gains.
    public double fullGain() {
        return gains[gains.length - 1];
    }

    /// The average performance gap recovered (Ong et al. 2024): the area under the recovered share
    /// of the gap at 0, 10, ..., 100 % of calls. Random is 0.5; not a number where there is no gap.
    public double apgr() {
        double area = 0;
        for (int i = 0; i < STEPS; i++) {
            area += gainAt((double) i / STEPS) + gainAt((i + 1.0) / STEPS);
        }
        return fullGain() <= 0 ? Double.NaN : area / 2 / STEPS / fullGain();
    }

    /// The call-performance threshold: the least share of calls that recovers `part` of the gap;
    /// not a number where there is no gap.
    public double callsFor(double part) {
        double needed = part * fullGain();
        if (!(fullGain() > 0)) {
            return Double.NaN;
        }
        for (int i = 1; i < shares.length; i++) {
            if (gains[i] >= needed) {
                double step = (needed - gains[i - 1]) / (gains[i] - gains[i - 1]);
                return shares[i - 1] + step * (shares[i] - shares[i - 1]);
            }
        }
        return 1;
    }
}
