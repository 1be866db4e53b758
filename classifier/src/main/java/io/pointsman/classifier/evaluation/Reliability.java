package io.pointsman.classifier.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What was expected beside what was seen, row by row; rows without an expectation (not a number)
/// do not count. Immutable by contract: nobody writes to the arrays.
///
/// @param expected in [-1, 1]
/// @param seen in [-1, 1]
record Reliability(double[] expected, double[] seen) {

    private static final int BINS = 10;

    /// Rows whose expectations are within one tenth.
    ///
    /// @param expected their mean
    /// @param seen its mean
    /// @param rows how many
    record Bin(double expected, double seen, long rows) {}

    Reliability {
        if (expected.length != seen.length) {
            throw new IllegalArgumentException(
                    "%d expectations of %d rows".formatted(expected.length, seen.length));
        }
    }

    /// The mean squared distance of the expected from the seen, where each row counts as often as
    /// `counts` says.
    double brier(int[] counts) {
        double sum = 0;
        long rows = 0;
        for (int i = 0; i < counts.length; i++) {
            if (!Double.isNaN(expected[i])) {
                double error = expected[i] - seen[i];
                sum += counts[i] * error * error;
                rows += counts[i];
            }
        }
        return rows == 0 ? Double.NaN : sum / rows;
    }

    /// The expected calibration error (Naeini et al. 2015): how far the means of expected and seen
    /// are apart within each tenth of the scale, weighted by rows.
    double error(int[] counts) {
        double sum = 0;
        long rows = 0;
        for (var bin : bins(counts)) {
            sum += bin.rows * Math.abs(bin.expected - bin.seen);
            rows += bin.rows;
        }
        return rows == 0 ? Double.NaN : sum / rows;
    }

    /// The tenths that have rows, lowest first.
    List<Bin> bins(int[] counts) {
        var sums = new double[2][2 * BINS];
        var rows = new long[2 * BINS];
        for (int i = 0; i < counts.length; i++) {
            if (!Double.isNaN(expected[i])) {
                int bin = BINS + Math.clamp((int) Math.floor(expected[i] * BINS), -BINS, BINS - 1);
                sums[0][bin] += counts[i] * expected[i];
                sums[1][bin] += counts[i] * seen[i];
                rows[bin] += counts[i];
            }
        }
        var bins = new ArrayList<Bin>();
        for (int bin = 0; bin < rows.length; bin++) {
            if (rows[bin] > 0) {
                bins.add(new Bin(sums[0][bin] / rows[bin], sums[1][bin] / rows[bin], rows[bin]));
            }
        }
        return bins;
    }

    /// The means of the expected and of the seen.
    Bin overall() {
        double[] sums = new double[2];
        long rows = 0;
        for (int i = 0; i < expected.length; i++) {
            if (!Double.isNaN(expected[i])) {
                sums[0] += expected[i];
                sums[1] += seen[i];
                rows++;
            }
        }
        return new Bin(sums[0] / rows, sums[1] / rows, rows);
    }

    /// All rows once.
    int[] once() {
        var counts = new int[expected.length];
        Arrays.fill(counts, 1);
        return counts;
    }
}
