package io.pointsman.classifier.evaluation;

import io.pointsman.classifier.training.Outcome;
import java.util.Arrays;
import java.util.List;

/// Quality against the share of prompts that go to the reasoner, hardest by score first. Rows of
/// equal score are taken as a group, each in proportion, so that their order in the file does not
/// matter. Immutable by contract: nobody writes to the arrays.
///
/// @param shares rising from 0 to 1
/// @param gains per share, the mean gap that is collected up to there
/// @param weakMean the mean score of the fast model alone
public record RoutingCurve(double[] shares, double[] gains, double weakMean) {

    private static final int STEPS = 10;
    private static final double NEARLY = 1e-12;

    /// The curve of `scores` over `rows`.
    public static RoutingCurve of(List<Outcome> rows, double[] scores) {
        var ranking = Ranking.of(rows, scores);
        return ranking.curve(ranking.once());
    }

    /// The mean gap that is collected by sending `share` of the prompts to the reasoner.
    public double gainAt(double share) {
        int at = Arrays.binarySearch(shares, share - NEARLY);
        int i = Math.max(1, at < 0 ? -at - 1 : at);
        if (i >= shares.length) {
            return gains[gains.length - 1];
        }
        double part = Math.min(1, (share - shares[i - 1]) / (shares[i] - shares[i - 1]));
        return gains[i - 1] + part * (gains[i] - gains[i - 1]);
    }

    /// The mean score that comes of sending `share` of the prompts to the reasoner.
    public double qualityAt(double share) {
        return weakMean + gainAt(share);
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
        return fullGain() > 0 ? callsForGain(part * fullGain()) : Double.NaN;
    }

    /// The least share of calls that reaches `part` of the reasoner's mean score; 0 where the fast
    /// model alone does.
    public double callsForQuality(double part) {
        return callsForGain(part * (weakMean + fullGain()) - weakMean);
    }

    private double callsForGain(double needed) {
        if (needed <= 0) {
            return 0;
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
