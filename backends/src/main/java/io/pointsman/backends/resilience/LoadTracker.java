package io.pointsman.backends.resilience;

import io.pointsman.api.BackendLoad;
import io.pointsman.api.Outage;
import java.util.Optional;
import java.util.function.LongSupplier;

/// What the calls to one backend tell of its load and health. Thread-safe.
///
/// Each call is begun once and ended once. Between the two its first visible token may be noted.
///
/// Latency is the time to the first token, as a **peak-sensitive exponentially weighted moving
/// average** (the `peak_ewma` balancer of Twitter's Finagle and of Linkerd): a sample above the
/// average replaces it at once, one below it pulls the average down with a weight of `1 - exp(-dt /
/// 10 s)`. So trouble is seen with the first slow call and forgotten over some ten seconds. Two
/// things are kept apart from the average, for whoever compares backends to use:
///
/// - *Certainty* fades by `exp(-age / 10 s)` since the latest sample. Finagle lets the average
///   itself fade to nothing, and then a slow backend that nobody asked for a while looks like the
///   fastest and draws a crowd. With the certainty at hand an idle backend can be taken for as fast
///   as the best of its pool, and no faster.
/// - *Waiting* is how long calls have been waiting for a first token without any of them getting
///   one. A backend that hangs gives no samples; this grows all the same. Calls that are given up
///   do not end it, for else impatient clients would make a hanging backend look well; what they
///   had waited becomes a sample, if it is worse than the average.
public final class LoadTracker {

    private static final double TIME_CONSTANT_NANOS = 10e9;
    private static final double NANOS_PER_MILLI = 1e6;

    /// What a call must have waited in vain before that says anything of a backend that was never
    /// measured; it may have failed at once, which is not fast.
    private static final long WORTH_NOTING_NANOS = 1_000_000_000L;

    private final LongSupplier ticker;
    private int inFlight;
    private int waiting;
    private long lastSign;
    private boolean measured;
    private double averageNanos;
    private long sampledAt;
    private int consecutiveTroubles;
    private long answered;
    private long troubled;

    /// Tracks by this machine's time.
    public LoadTracker() {
        this(System::nanoTime);
    }

    /// @param ticker nanoseconds from any origin
    public LoadTracker(LongSupplier ticker) {
        this.ticker = ticker;
    }

    /// Notes that a call begins.
    public synchronized void begin() {
        if (waiting++ == 0) {
            lastSign = ticker.getAsLong();
        }
        inFlight++;
    }

    /// Notes that a call has shown its first visible token, `nanos` after it began.
    public synchronized void firstToken(long nanos) {
        long now = ticker.getAsLong();
        waiting--;
        lastSign = now;
        consecutiveTroubles = 0;
        answered++;
        sample(nanos, now);
    }

    /// Notes that a call has failed for reasons that another call would meet as well.
    public synchronized void trouble() {
        consecutiveTroubles++;
        troubled++;
    }

    /// Notes that a call is over, however it ended.
    ///
    /// @param showedToken whether its first visible token was noted
    public synchronized void end(boolean showedToken) {
        if (!showedToken && waiting > 0) {
            long now = ticker.getAsLong();
            long silence = now - lastSign;
            if (silence >= (measured ? averageNanos : WORTH_NOTING_NANOS)) {
                sample(silence, now);
            }
            waiting--;
        }
        inFlight--;
    }

    private void sample(long nanos, long now) {
        if (!measured || nanos >= averageNanos) {
            averageNanos = nanos;
        } else {
            double kept = Math.exp(-(now - sampledAt) / TIME_CONSTANT_NANOS);
            averageNanos = averageNanos * kept + nanos * (1 - kept);
        }
        measured = true;
        sampledAt = now;
    }

    /// Calls under way.
    public synchronized int inFlight() {
        return inFlight;
    }

    /// The load as it is now, with what others know of the backend.
    public synchronized BackendLoad load(
            Optional<Outage> outage,
            double weight,
            int queueDepth,
            double kvUtilisation,
            double prefixMatch) {
        long now = waiting > 0 || measured ? ticker.getAsLong() : 0;
        return new BackendLoad(
                inFlight,
                outage.isEmpty(),
                weight,
                averageNanos / NANOS_PER_MILLI,
                measured ? Math.exp(-Math.max(0, now - sampledAt) / TIME_CONSTANT_NANOS) : 0,
                waiting > 0 ? Math.max(0, now - lastSign) / NANOS_PER_MILLI : 0,
                queueDepth,
                kvUtilisation,
                prefixMatch,
                outage);
    }

    /// How the calls ended so far.
    public synchronized Tally tally() {
        return new Tally(answered, troubled, consecutiveTroubles);
    }

    /// How the calls to a backend ended.
    ///
    /// @param answered those that showed a token
    /// @param troubled those that failed for reasons that another call would meet as well
    /// @param consecutiveTroubles the latter since the last token
    public record Tally(long answered, long troubled, int consecutiveTroubles) {}
}
