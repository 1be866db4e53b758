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
        BigDecimal reasonerCost) {

    /// Of nothing.
    public static final Totals NONE =
            new Totals(
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    BigDecimal.ZERO,
                    0,
                    0,
                    BigDecimal.ZERO,
                    BigDecimal.ZERO);

    /// What `entry` is but for its attempts.
    static Totals request(Entry entry) {
        var comparable = entry.cost().isPresent() && entry.reasonerCost().isPresent();
        var completed = entry.outcome().equals("completed");
        var cancelled = entry.outcome().equals("cancelled");
        return new Totals(
                1,
                completed ? 1 : 0,
                cancelled ? 1 : 0,
                completed || cancelled ? 0 : 1,
                entry.estimated() ? 1 : 0,
                0,
                0,
                0,
                0,
                0,
                BigDecimal.ZERO,
                0,
                comparable ? 1 : 0,
                comparable ? entry.cost().orElse(BigDecimal.ZERO) : BigDecimal.ZERO,
                comparable ? entry.reasonerCost().orElse(BigDecimal.ZERO) : BigDecimal.ZERO);
    }

    /// What one attempt is.
    static Totals attempt(Entry.Call call) {
        return new Totals(
                0,
                0,
                0,
                0,
                0,
                1,
                call.prompt(),
                call.cached(),
                call.completion(),
                call.reasoning(),
                call.cost().orElse(BigDecimal.ZERO),
                call.cost().isEmpty() ? 1 : 0,
                0,
                BigDecimal.ZERO,
                BigDecimal.ZERO);
    }

    /// Both together.
    public Totals plus(Totals other) {
        return new Totals(
                requests + other.requests,
                completed + other.completed,
                cancelled + other.cancelled,
                failed + other.failed,
                estimated + other.estimated,
                attempts + other.attempts,
                promptTokens + other.promptTokens,
                cachedTokens + other.cachedTokens,
                completionTokens + other.completionTokens,
                reasoningTokens + other.reasoningTokens,
                cost.add(other.cost),
                unpriced + other.unpriced,
                compared + other.compared,
                comparedCost.add(other.comparedCost),
                reasonerCost.add(other.reasonerCost));
    }
}
