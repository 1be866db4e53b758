package io.pointsman.gateway.config;

import java.time.Duration;
import java.util.Optional;

/// How the requests of a pool are tried: for how long, how often, and whether twice at a time.
/// Immutable.
///
/// @param connectTimeout wins over the backend's; empty where that holds
/// @param firstTokenTimeout wins over the backend's; empty where that holds
/// @param betweenTokensTimeout wins over the backend's; empty where that holds
/// @param totalTimeout for the whole request, over all its attempts
/// @param maxAttempts calls to backends that one request may make
/// @param retryWithin what failed later than this is not tried again on the same backend
/// @param retryBackoff the longest wait before the first retry; doubles with each
/// @param maxRetryWait the longest wait that a backend may ask for
/// @param hedge a second call to another backend; empty for none
public record Attempts(
        Optional<Duration> connectTimeout,
        Optional<Duration> firstTokenTimeout,
        Optional<Duration> betweenTokensTimeout,
        Duration totalTimeout,
        int maxAttempts,
        Duration retryWithin,
        Duration retryBackoff,
        Duration maxRetryWait,
        Optional<Hedge> hedge) {

    /// What a pool that says nothing has.
    public static final Attempts DEFAULT =
            new Attempts(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Defaults.TOTAL_TIMEOUT,
                    Defaults.MAX_ATTEMPTS,
                    Defaults.RETRY_WITHIN,
                    Defaults.RETRY_BACKOFF,
                    Defaults.MAX_RETRY_WAIT,
                    Optional.empty());

    /// A second call where the first shows no token.
    ///
    /// @param after how long the first call has
    /// @param share of the requests that may be hedged
    public record Hedge(Duration after, double share) {}
}
