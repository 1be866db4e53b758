package io.pointsman.api;

import java.time.Duration;
import java.util.Optional;

/// Why a backend gets no calls, and how long that lasts at most. Immutable.
///
/// @param cause why
/// @param lasts from the moment of routing until it may be called again; empty where nobody knows
public record Outage(Cause cause, Optional<Duration> lasts) {

    /// What keeps calls from a backend.
    public enum Cause {

        /// Its quota is spent, and it said so with a 429.
        COOLING,

        /// It failed too often, and its circuit breaker is open.
        CIRCUIT_OPEN,

        /// It failed more often than the others of its pool, and is out of it for a while.
        EJECTED,

        /// Probes find it ill.
        ILL
    }
}
