package io.pointsman.gateway.accounting;

/// A clock for durations, so that tests own the time.
@FunctionalInterface
public interface Ticker {

    /// The process's clock.
    Ticker SYSTEM = System::nanoTime;

    /// Nanoseconds since some fixed moment.
    long nanos();
}
