package io.pointsman.gateway.accounting;

import io.pointsman.api.Usage;
import java.math.BigDecimal;
import java.util.Optional;

/// One call to one backend on behalf of a request.
///
/// @param backend its name
/// @param usage the tokens that it read and produced
/// @param cost in US dollars; empty where the backend has no price
/// @param outcome how it ended
public record Attempt(String backend, Usage usage, Optional<BigDecimal> cost, Outcome outcome) {}
