package io.pointsman.backends.resilience;

import java.util.function.LongSupplier;

/// How many extra calls (retries, hedges) the traffic of the last ten seconds allows: a share of
/// it, and a few besides so that quiet times are not without any. Thread-safe.
///
/// A backend that fails everything therefore sees its load and that share of it again, rather than
/// its load times the attempts of each request.
public final class CallBudget {

    private static final int SECONDS = 10;
    private static final long SECOND = 1_000_000_000L;

    private final double share;
    private final int floor;
    private final LongSupplier nanos;
    private final long origin;
    private final int[] calls = new int[SECONDS];
    private final int[] extras = new int[SECONDS];
    private int callSum;
    private int extraSum;
    private long second;

    /// @param share of the calls that may be made again; 0 for none but the floor
    /// @param floor extra calls in ten seconds that are always allowed
    /// @param nanos tells the time; only differences count
    public CallBudget(double share, int floor, LongSupplier nanos) {
        if (!(share >= 0) || floor < 0) {
            throw new IllegalArgumentException("a budget is not negative");
        }
        this.share = share;
        this.floor = floor;
        this.nanos = nanos;
        origin = nanos.getAsLong();
    }

    /// Notes a call that is not an extra one.
    public synchronized void called() {
        calls[slot()]++;
        callSum++;
    }

    /// Takes an extra call, if there is one left.
    public synchronized boolean take() {
        int slot = slot();
        if (extraSum >= floor + share * callSum) {
            return false;
        }
        extras[slot]++;
        extraSum++;
        return true;
    }

    /// The slot of this second, after those that have left the window were emptied.
    private int slot() {
        long now = Math.max(second, (nanos.getAsLong() - origin) / SECOND);
        for (long gone = Math.min(now - second, SECONDS); gone > 0; gone--) {
            int slot = (int) ((now - gone + 1) % SECONDS);
            callSum -= calls[slot];
            extraSum -= extras[slot];
            calls[slot] = 0;
            extras[slot] = 0;
        }
        second = now;
        return (int) (now % SECONDS);
    }
}
