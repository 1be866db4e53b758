package io.pointsman.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SpreadTest {

    private static final Spread SPREAD = new Spread(0.1, 0.3, 0.4, 0.2);

    @Test
    void fallsFromNovelToKnownAsPromptsGetNearer() {
        assertThat(SPREAD.at(0)).isEqualTo(0.3);
        assertThat(SPREAD.at(0.2)).isEqualTo(0.3);
        assertThat(SPREAD.at(0.3)).isCloseTo(0.2, within(1e-9));
        assertThat(SPREAD.at(0.4)).isCloseTo(0.1, within(1e-9));
        assertThat(SPREAD.at(1)).isCloseTo(0.1, within(1e-9));
    }

    @Test
    void refusesWhatDoesNotRise() {
        assertThatThrownBy(() -> new Spread(0.3, 0.1, 0.4, 0.2))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Spread(0.1, 0.3, 0.2, 0.2))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Spread(Double.NaN, 0.3, 0.4, 0.2))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
