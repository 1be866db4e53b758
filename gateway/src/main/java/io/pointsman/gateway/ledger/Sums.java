package io.pointsman.gateway.ledger;

import java.math.BigDecimal;
import java.util.Optional;

/// [Totals] that grow. Guarded by whoever holds them.
final class Sums {

    private long requests;
    private long completed;
    private long cancelled;
    private long failed;
    private long estimated;
    private long attempts;
    private long promptTokens;
    private long cachedTokens;
    private long completionTokens;
    private long reasoningTokens;
    private BigDecimal cost = BigDecimal.ZERO;
    private long unpriced;
    private long compared;
    private BigDecimal comparedCost = BigDecimal.ZERO;
    private BigDecimal reasonerCost = BigDecimal.ZERO;

    /// Adds what `entry` is but for its attempts.
    void add(Entry entry) {
        requests++;
        switch (entry.outcome()) {
            case "completed" -> completed++;
            case "cancelled" -> cancelled++;
            default -> failed++;
        }
        estimated += entry.estimated() ? 1 : 0;
        compare(entry.cost(), entry.reasonerCost());
    }

    private void compare(Optional<BigDecimal> paid, Optional<BigDecimal> onReasoner) {
        if (paid.isPresent() && onReasoner.isPresent()) {
            compared++;
            comparedCost = comparedCost.add(paid.get());
            reasonerCost = reasonerCost.add(onReasoner.get());
        }
    }

    /// Adds one attempt.
    void add(Entry.Call call) {
        attempts++;
        promptTokens += call.prompt();
        cachedTokens += call.cached();
        completionTokens += call.completion();
        reasoningTokens += call.reasoning();
        if (call.cost().isPresent()) {
            cost = cost.add(call.cost().get());
        } else {
            unpriced++;
        }
    }

    /// Adds `other`.
    void add(Totals other) {
        requests += other.requests();
        completed += other.completed();
        cancelled += other.cancelled();
        failed += other.failed();
        estimated += other.estimated();
        attempts += other.attempts();
        promptTokens += other.promptTokens();
        cachedTokens += other.cachedTokens();
        completionTokens += other.completionTokens();
        reasoningTokens += other.reasoningTokens();
        cost = cost.add(other.cost());
        unpriced += other.unpriced();
        compared += other.compared();
        comparedCost = comparedCost.add(other.comparedCost());
        reasonerCost = reasonerCost.add(other.reasonerCost());
    }

    /// As they are now.
    Totals totals() {
        return new Totals(
                requests,
                completed,
                cancelled,
                failed,
                estimated,
                attempts,
                promptTokens,
                cachedTokens,
                completionTokens,
                reasoningTokens,
                cost,
                unpriced,
                compared,
                comparedCost,
                reasonerCost);
    }
}
