package io.pointsman.gateway.learning;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/// What the background may cost in a day of UTC. Thread-safe.
final class ComparisonBudget {

    private final BigDecimal perDay;
    private LocalDate day = LocalDate.MIN;
    private BigDecimal spent = BigDecimal.ZERO;

    /// @param perDay in US dollars
    ComparisonBudget(BigDecimal perDay) {
        this.perDay = perDay;
    }

    /// Whether what is left of the day's money pays for `cost`.
    synchronized boolean affords(BigDecimal cost, Instant now) {
        turn(now);
        return spent.add(cost).compareTo(perDay) <= 0;
    }

    /// Takes `cost` off the day's money, even beyond what is left.
    synchronized void charge(BigDecimal cost, Instant now) {
        turn(now);
        spent = spent.add(cost);
    }

    private void turn(Instant now) {
        var today = now.atOffset(ZoneOffset.UTC).toLocalDate();
        if (!today.equals(day)) {
            day = today;
            spent = BigDecimal.ZERO;
        }
    }
}
