package io.pointsman.gateway.config;

import java.time.Duration;
import java.util.OptionalInt;

/// What keeps a backend from being asked too much, or while it fails. Immutable.
///
/// @param betweenTokensTimeout from one event to the next, once a token was seen
/// @param breaker when it is not called for a while
/// @param maxInFlight calls under way at a time; empty for as many as come
/// @param requestsPerSecond calls begun in one second; empty for as many as come
/// @param retryBudget the share of its calls that may be made again
/// @param cooldown how long its quota cools where it does not say
public record Protection(
        Duration betweenTokensTimeout,
        Breaker breaker,
        OptionalInt maxInFlight,
        OptionalInt requestsPerSecond,
        double retryBudget,
        Duration cooldown) {

    static final Protection DEFAULT =
            new Protection(
                    Defaults.BETWEEN_TOKENS_TIMEOUT,
                    Breaker.DEFAULT,
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    Defaults.RETRY_BUDGET,
                    Defaults.COOLDOWN);

    /// When a circuit breaker opens, and for how long.
    ///
    /// @param window how many of the latest calls count
    /// @param minimumCalls fewer calls than this never open it
    /// @param failureRate the share of failed calls at which it opens
    /// @param openFor how long it lets no call through
    /// @param trialCalls how many calls then decide whether it closes
    public record Breaker(
            int window, int minimumCalls, double failureRate, Duration openFor, int trialCalls) {

        static final Breaker DEFAULT =
                new Breaker(
                        Defaults.BREAKER_WINDOW,
                        Defaults.BREAKER_MINIMUM_CALLS,
                        Defaults.BREAKER_FAILURE_RATE,
                        Defaults.BREAKER_OPEN_FOR,
                        Defaults.BREAKER_TRIAL_CALLS);
    }
}
