package io.pointsman.backends.resilience;

import java.util.concurrent.atomic.AtomicInteger;

/// What the calls to one backend tell of its load and health. Thread-safe.
///
/// Each call is begun once and ended once. Between the two its first visible token may be noted.
public final class LoadTracker {

    private final AtomicInteger inFlight = new AtomicInteger();

    /// Notes that a call begins.
    void begin() {
        inFlight.incrementAndGet();
    }

    /// Notes that a call has shown its first visible token, `nanos` after it began.
    void firstToken(long nanos) {}

    /// Notes that a call has failed for reasons that another call would meet as well.
    void trouble() {}

    /// Notes that a call is over, however it ended.
    void end() {
        inFlight.decrementAndGet();
    }

    /// Calls under way.
    public int inFlight() {
        return inFlight.get();
    }
}
