package io.pointsman.classifier.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ReliabilityTest {

    @Test
    void whatIsSeenAsExpectedHasNoError() {
        var right = new Reliability(new double[] {0, 1, 0, 1}, new double[] {0, 1, 0, 1});

        assertThat(right.brier(right.once())).isZero();
        assertThat(right.error(right.once())).isZero();
    }

    @Test
    void halfForAllIsCalibratedButTellsNothing() {
        var half = new Reliability(new double[] {0.5, 0.5, 0.5, 0.5}, new double[] {0, 1, 0, 1});

        assertThat(half.brier(half.once())).isEqualTo(0.25);
        assertThat(half.error(half.once())).isZero();
    }

    @Test
    void errorsOfTenthsAreWeighedByTheirRows() {
        // In the tenth from .2: .2 and .25 expected, one of two seen; from .9: 1 expected, 0 seen.
        var some = new Reliability(new double[] {0.2, 0.25, 1}, new double[] {0, 1, 0});

        assertThat(some.error(some.once()))
                .isCloseTo((2 * Math.abs(0.225 - 0.5) + 1) / 3, within(1e-12));
        assertThat(some.bins(some.once()))
                .containsExactly(new Reliability.Bin(0.225, 0.5, 2), new Reliability.Bin(1, 0, 1));
        assertThat(some.error(new int[] {0, 0, 2})).isEqualTo(1);
    }

    @Test
    void lossesHaveTenthsOfTheirOwn() {
        var some = new Reliability(new double[] {-0.05, 0.05, -1}, new double[] {-0.05, 0.05, 1});

        assertThat(some.bins(some.once())).hasSize(3);
        assertThat(some.error(some.once())).isCloseTo(2.0 / 3, within(1e-12));
    }

    @Test
    void rowsWithoutAnExpectationDoNotCount() {
        var some = new Reliability(new double[] {Double.NaN, 0.5}, new double[] {1, 0.5});
        var none = new Reliability(new double[] {Double.NaN}, new double[] {1});

        assertThat(some.brier(some.once())).isZero();
        assertThat(some.overall()).isEqualTo(new Reliability.Bin(0.5, 0.5, 1));
        assertThat(none.brier(none.once())).isNaN();
        assertThat(none.error(none.once())).isNaN();
    }
}
