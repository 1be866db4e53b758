package io.pointsman.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalibrationTest {

    private final Calibration calibration = new Calibration(2, -1, 0.2);

    @Test
    void theBreakEvenGainGetsOneHalf() {
        assertThat(calibration.difficulty(0.2)).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void theScoreIsTheGainsOddsAgainstThoseOfTheBreakEvenGain() {
        assertThat(calibration.difficulty(0.5)).isCloseTo(0.8, within(1e-12));
        assertThat(calibration.difficulty(0)).isZero();
        assertThat(calibration.difficulty(1)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e300, -50, 0, 50, 1e300})
    void scoresStayInBounds(double margin) {
        assertThat(calibration.difficulty(calibration.gain(margin))).isBetween(0.0, 1.0);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1, Double.NaN})
    void refusesABreakEvenThatIsNoShare(double breakEven) {
        assertThatThrownBy(() -> new Calibration(2, -1, breakEven))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
