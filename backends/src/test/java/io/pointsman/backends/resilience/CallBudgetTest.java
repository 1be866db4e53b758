package io.pointsman.backends.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CallBudgetTest {

    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong nanos = new AtomicLong(-5 * SECOND);

    @Test
    void allowsAShareOfTheTraffic() {
        var budget = new CallBudget(0.2, 0, nanos::get);
        for (int i = 0; i < 100; i++) {
            budget.called();
        }

        assertThat(taken(budget)).isEqualTo(20);
    }

    @Test
    void allowsAFewWithoutTraffic() {
        assertThat(taken(new CallBudget(0.2, 3, nanos::get))).isEqualTo(3);
        assertThat(taken(new CallBudget(0, 0, nanos::get))).isZero();
    }

    @Test
    void forgetsWhatIsLongAgo() {
        var budget = new CallBudget(0.5, 0, nanos::get);
        for (int i = 0; i < 10; i++) {
            budget.called();
        }
        assertThat(taken(budget)).isEqualTo(5);

        nanos.addAndGet(11 * SECOND);
        assertThat(taken(budget)).isZero();
        budget.called();
        budget.called();
        assertThat(taken(budget)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void t25_aFailingBackendSeesItsLoadAndTheBudgetAtMost(long seed) {
        var random = new Random(seed);
        double share = random.nextInt(1, 6) / 10.0;
        int floor = random.nextInt(4);
        var budget = new CallBudget(share, floor, nanos::get);
        int load = 0;
        int extra = 0;
        long seconds = 300;
        for (int second = 0; second < seconds; second++) {
            int now = random.nextInt(50);
            for (int i = 0; i < now; i++) {
                budget.called();
                load++;
                // Every call fails, and so does every retry.
                while (budget.take()) {
                    extra++;
                }
            }
            nanos.addAndGet(SECOND);
        }

        assertThat(extra).isPositive();
        assertThat(extra)
                .isLessThanOrEqualTo((int) (share * load + (floor + 1) * seconds / 10.0 + 1));
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    @Test
    void isNotNegative() {
        assertThatIllegalArgumentException().isThrownBy(() -> new CallBudget(-0.1, 0, nanos::get));
        assertThatIllegalArgumentException().isThrownBy(() -> new CallBudget(0, -1, nanos::get));
    }

    private static int taken(CallBudget budget) {
        int taken = 0;
        while (budget.take()) {
            taken++;
        }
        return taken;
    }
}
