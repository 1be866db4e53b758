package io.pointsman.backends.resilience;

import java.time.Duration;

/// When a circuit breaker stops calling a backend, and for how long.
///
/// @param window how many of the latest calls count
/// @param minimumCalls fewer calls than this never open it
/// @param failureRate percentage of failed calls at which it opens
/// @param openFor how long it lets no call through
/// @param trialCalls how many calls then decide whether it closes
public record BreakerSettings(
        int window, int minimumCalls, float failureRate, Duration openFor, int trialCalls) {

    public static final BreakerSettings DEFAULT =
            new BreakerSettings(20, 5, 50, Duration.ofSeconds(10), 2);
}
