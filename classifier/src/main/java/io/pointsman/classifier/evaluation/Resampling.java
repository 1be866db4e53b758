package io.pointsman.classifier.evaluation;

import io.pointsman.classifier.training.Outcome;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/// The bootstrap (Efron 1979): figures are taken again on rows drawn with replacement, and their
/// spread is the interval. Immutable by contract: nobody writes to the array.
///
/// Rows of one family resemble each other, so families are drawn whole where there are several (the
/// cluster bootstrap): the interval is then about families that might have been, and honestly wider
/// than one about rows. Fewer than five tell nothing about others, so their rows are drawn. All
/// figures of a seed are taken on the same resamples.
///
/// @param clusters per row, which cluster it belongs to
/// @param count how many clusters there are
/// @param families whether the clusters are families; else each row is one
/// @param times how many resamples
/// @param seed of the draws
record Resampling(int[] clusters, int count, boolean families, int times, long seed) {

    private static final int SEVERAL = 5;

    static Resampling of(List<Outcome> rows, int times, long seed) {
        var numbers = new HashMap<String, Integer>();
        var clusters = new int[rows.size()];
        for (int i = 0; i < clusters.length; i++) {
            int next = numbers.size();
            clusters[i] = numbers.computeIfAbsent(rows.get(i).family(), _ -> next);
        }
        if (numbers.size() >= SEVERAL) {
            return new Resampling(clusters, numbers.size(), true, times, seed);
        }
        Arrays.setAll(clusters, i -> i);
        return new Resampling(clusters, clusters.length, false, times, seed);
    }

    /// Such as `84 families`, or `rows`.
    String unit() {
        return families ? count + " families" : "rows";
    }

    /// The figures that `statistics` takes of rows, which count as often as its argument says. It
    /// must keep neither the argument nor any state.
    Estimate[] estimates(Function<int[], double[]> statistics) {
        var counts = new int[clusters.length];
        Arrays.fill(counts, 1);
        var values = statistics.apply(counts);
        var drawn = new double[values.length][times];
        var random = new Random(seed);
        var copies = new int[count];
        for (int time = 0; time < times; time++) {
            Arrays.fill(copies, 0);
            for (int i = 0; i < count; i++) {
                copies[random.nextInt(count)]++;
            }
            for (int i = 0; i < counts.length; i++) {
                counts[i] = copies[clusters[i]];
            }
            var again = statistics.apply(counts);
            for (int figure = 0; figure < values.length; figure++) {
                drawn[figure][time] = again[figure];
            }
        }
        var estimates = new Estimate[values.length];
        Arrays.setAll(estimates, figure -> estimate(values[figure], drawn[figure]));
        return estimates;
    }

    /// Resamples that leave nothing to measure do not count.
    private static Estimate estimate(double value, double[] drawn) {
        var sorted = Arrays.stream(drawn).filter(Double::isFinite).sorted().toArray();
        return new Estimate(value, percentile(sorted, 0.025), percentile(sorted, 0.975));
    }

    /// By linear interpolation between the two nearest.
    static double percentile(double[] sorted, double part) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double at = part * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
