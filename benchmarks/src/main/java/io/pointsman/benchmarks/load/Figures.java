package io.pointsman.benchmarks.load;

import org.HdrHistogram.Histogram;

/// What a generator saw in an interval. Confined to the generator's loop until it is handed out.
///
/// Times are nanoseconds from the moment a request was meant to be sent, so that waiting for a
/// stalled gateway counts in full.
final class Figures {

    private static final long LONGEST = 120_000_000_000L;

    /// From the intended sending to the last byte.
    final Histogram duration = histogram();

    /// From the intended sending to the first token, less what the upstream itself took.
    final Histogram firstAdded = histogram();

    /// From the intended sending to the first token.
    final Histogram ttft = histogram();

    /// From a token's writing upstream to its reading here.
    final Histogram tokenDelay = histogram();

    long completed;
    long failed;
    long truncated;
    long aborted;
    long tokens;
    long reads;
    long bytes;

    private static Histogram histogram() {
        return new Histogram(LONGEST, 3);
    }

    static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.clamp(nanos, 0, LONGEST));
    }

    /// Adds what another interval saw.
    void add(Figures other) {
        duration.add(other.duration);
        firstAdded.add(other.firstAdded);
        ttft.add(other.ttft);
        tokenDelay.add(other.tokenDelay);
        completed += other.completed;
        failed += other.failed;
        truncated += other.truncated;
        aborted += other.aborted;
        tokens += other.tokens;
        reads += other.reads;
        bytes += other.bytes;
    }

    /// A percentile in microseconds; not a number if nothing was recorded.
    static double micros(Histogram histogram, double percentile) {
        return histogram.getTotalCount() == 0
                ? Double.NaN
                : histogram.getValueAtPercentile(percentile) / 1e3;
    }
}
