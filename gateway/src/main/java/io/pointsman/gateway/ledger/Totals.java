package io.pointsman.gateway.ledger;

import java.math.BigDecimal;

/// Sums over requests. Immutable; money is exact.
///
/// @param requests how many
/// @param completed those that got their whole answer
/// @param cancelled those whose client went away
/// @param failed the others
/// @param estimated those with tokens that are estimated
/// @param attempts calls to backends
/// @param promptTokens cached ones included
/// @param cachedTokens those of the prompts that came from a cache
/// @param completionTokens thinking included
/// @param reasoningTokens those of the completions that were thinking
/// @param cost in US dollars, of the attempts that have a price
/// @param unpriced attempts without a price
/// @param compared requests whose cost is known, and that on the reasoner
/// @param comparedCost what these cost
/// @param reasonerCost what these would have cost on the reasoner
public record Totals(
        long requests,
        long completed,
        long cancelled,
        long failed,
        long estimated,
        long attempts,
        long promptTokens,
        long cachedTokens,
        long completionTokens,
        long reasoningTokens,
        BigDecimal cost,
        long unpriced,
        long compared,
        BigDecimal comparedCost,
        BigDecimal reasonerCost) {}
