package io.pointsman.backends.resilience;

import java.util.Optional;
import java.util.OptionalInt;

/// What protects one backend. Immutable but for the cooldown.
///
/// @param breaker when its circuit breaker opens
/// @param maxInFlight calls under way at a time; empty for as many as come
/// @param requestsPerSecond calls begun in one second; empty for as many as come
/// @param cooldown of the quota that it calls with; empty where it has none
public record Guard(
        BreakerSettings breaker,
        OptionalInt maxInFlight,
        OptionalInt requestsPerSecond,
        Optional<Cooldown> cooldown) {

    /// A breaker alone.
    public static Guard of(BreakerSettings breaker) {
        return new Guard(breaker, OptionalInt.empty(), OptionalInt.empty(), Optional.empty());
    }
}
