package io.pointsman.gateway.learning;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ComparisonBudgetTest {

    private static final Instant EVENING = Instant.parse("2026-01-02T23:59:59Z");
    private static final Instant MIDNIGHT = Instant.parse("2026-01-03T00:00:00Z");

    private final ComparisonBudget budget = new ComparisonBudget(new BigDecimal("1.00"));

    @Test
    void paysForWhatIsLeft() {
        budget.charge(new BigDecimal("0.40"), EVENING);

        assertThat(budget.affords(new BigDecimal("0.6"), EVENING)).isTrue();
        assertThat(budget.affords(new BigDecimal("0.61"), EVENING)).isFalse();
    }

    @Test
    void stopsUntilTheNextDay() {
        budget.charge(new BigDecimal("1.5"), EVENING);

        assertThat(budget.affords(new BigDecimal("0.000001"), EVENING)).isFalse();
        assertThat(budget.affords(BigDecimal.ONE, MIDNIGHT)).isTrue();
    }

    @Test
    void paysForWhatIsFree() {
        assertThat(new ComparisonBudget(BigDecimal.ZERO).affords(BigDecimal.ZERO, EVENING))
                .isTrue();
    }
}
