package io.pointsman.gateway.learning;

import java.time.Instant;

/// How far predicted chances were from what labels then said, over the last day: the expected
/// calibration error, the mean over ten equal bins of |mean prediction - mean label|, weighted by
/// how many labels each has ([Naeini et
/// al.](https://ojs.aaai.org/index.php/AAAI/article/view/9602)). Thread-safe; forgets by the hour.
final class CalibrationError {

    private static final int HOURS = 24;
    private static final int BINS = 10;

    /// With fewer labels there is no number.
    private static final int ENOUGH = 20;

    private final Hour[] ring = new Hour[HOURS];

    CalibrationError() {
        for (var i = 0; i < HOURS; i++) {
            ring[i] = new Hour();
        }
    }

    /// Takes a chance that was `predicted`, and the `score` that a label gave at `now`.
    synchronized void add(double predicted, double score, Instant now) {
        var hour = hour(now);
        var slot = ring[(int) Math.floorMod(hour, (long) HOURS)];
        if (slot.hour != hour) {
            slot.restart(hour);
        }
        var bin = Math.min(BINS - 1, (int) (predicted * BINS));
        slot.predicted[bin] += predicted;
        slot.scored[bin] += score;
        slot.count[bin]++;
    }

    /// The error as of `now`, in [0, 1]; not a number while there are too few labels.
    synchronized double value(Instant now) {
        var last = hour(now);
        var labels = 0L;
        var error = 0.0;
        for (var bin = 0; bin < BINS; bin++) {
            var predicted = 0.0;
            var scored = 0.0;
            for (var slot : ring) {
                if (slot.hour > last - HOURS && slot.hour <= last) {
                    predicted += slot.predicted[bin];
                    scored += slot.scored[bin];
                    labels += slot.count[bin];
                }
            }
            error += Math.abs(predicted - scored);
        }
        return labels < ENOUGH ? Double.NaN : error / labels;
    }

    private static long hour(Instant now) {
        return Math.floorDiv(now.getEpochSecond(), 3600L);
    }

    private static final class Hour {
        private final double[] predicted = new double[BINS];
        private final double[] scored = new double[BINS];
        private final long[] count = new long[BINS];
        private long hour = Long.MIN_VALUE;

        private void restart(long begins) {
            hour = begins;
            for (var bin = 0; bin < BINS; bin++) {
                predicted[bin] = 0;
                scored[bin] = 0;
                count[bin] = 0;
            }
        }
    }
}
