package io.pointsman.gateway.accounting;

import io.pointsman.api.Usage;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/// One call to one backend on behalf of a request.
///
/// @param pool the pool that the backend was called as a member of; empty where nobody said
/// @param backend its name
/// @param model the model's name in the call
/// @param usage the tokens that it read and produced; where it did not say, all of them are
///   estimated
/// @param cost in US dollars; empty where the backend has no price
/// @param outcome how it ended
/// @param timeToFirstToken until its first visible token, thinking included
/// @param duration until it ended or was given up
/// @param hedged whether it was made while another one was still running
public record Attempt(
        Optional<String> pool,
        String backend,
        String model,
        Usage usage,
        Optional<BigDecimal> cost,
        Outcome outcome,
        Optional<Duration> timeToFirstToken,
        Duration duration,
        boolean hedged) {}
