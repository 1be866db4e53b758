package io.pointsman.benchmarks.load;

import java.util.SplittableRandom;

/// The times at which independent clients send: a Poisson process. Confined to one thread.
final class Arrivals {

    private final SplittableRandom random;
    private final double meanGap;
    private double at;

    /// @param start in nanoseconds
    /// @param perSecond on average
    Arrivals(long seed, long start, double perSecond) {
        random = new SplittableRandom(seed);
        meanGap = 1e9 / perSecond;
        at = start;
    }

    /// The next time, in nanoseconds.
    long next() {
        at += random.nextExponential() * meanGap;
        return (long) at;
    }
}
