package io.pointsman.lab.difficulty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LbfgsTest {

    @Test
    void findsTheMinimumOfAStretchedBowl() {
        var found =
                Lbfgs.minimise(
                        (at, gradient) -> {
                            double value = 1;
                            for (int i = 0; i < at.length; i++) {
                                double off = at[i] - i;
                                value += (1 + 10 * i) * off * off;
                                gradient[i] = 2 * (1 + 10 * i) * off;
                            }
                            return value;
                        },
                        new double[5],
                        100);

        assertThat(found).containsExactly(new double[] {0, 1, 2, 3, 4}, within(0.01));
    }
}
