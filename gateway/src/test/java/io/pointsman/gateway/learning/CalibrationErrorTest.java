package io.pointsman.gateway.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CalibrationErrorTest {

    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    private final CalibrationError error = new CalibrationError();

    @Test
    void isNoNumberBelowTwentyLabels() {
        add(19, 0.5, 1, NOON);
        assertThat(error.value(NOON)).isNaN();

        add(1, 0.5, 1, NOON);
        assertThat(error.value(NOON)).isEqualTo(0.5, within(1e-9));
    }

    @Test
    void weighsBinsByTheirLabels() {
        add(30, 0.9, 0, NOON);
        add(10, 0.1, 0, NOON);

        assertThat(error.value(NOON)).isEqualTo((30 * 0.9 + 10 * 0.1) / 40, within(1e-9));
    }

    @Test
    void isNothingWherePredictionsAreRightOnAverage() {
        add(10, 0.5, 1, NOON);
        add(10, 0.5, 0, NOON);
        add(20, 1, 1, NOON);

        assertThat(error.value(NOON)).isEqualTo(0, within(1e-9));
    }

    @Test
    void forgetsAfterADay() {
        add(20, 0.8, 0, NOON);
        add(20, 0.3, 0, NOON.plus(Duration.ofHours(3)));

        assertThat(error.value(NOON.plus(Duration.ofHours(23)))).isEqualTo(0.55, within(1e-9));
        assertThat(error.value(NOON.plus(Duration.ofHours(24)))).isEqualTo(0.3, within(1e-9));
        assertThat(error.value(NOON.plus(Duration.ofHours(27)))).isNaN();
        add(20, 0.1, 0, NOON.plus(Duration.ofDays(2)));
        assertThat(error.value(NOON.plus(Duration.ofDays(2)))).isEqualTo(0.1, within(1e-9));
    }

    private void add(int labels, double predicted, double score, Instant now) {
        for (var i = 0; i < labels; i++) {
            error.add(predicted, score, now);
        }
    }
}
