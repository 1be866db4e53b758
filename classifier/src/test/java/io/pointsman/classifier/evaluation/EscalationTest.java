package io.pointsman.classifier.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EscalationTest {

    private final double[] expected = IntStream.rangeClosed(0, 100).mapToDouble(i -> i).toArray();

    @Test
    void whatComesAsExpectedIsEscalatedAsRequested() {
        var escalation = Escalation.of(expected);
        var scores = IntStream.range(0, 100).mapToDouble(i -> i + 0.5).toArray();

        var realised = escalation.realised(scores, ones(100));

        assertThat(escalation.threshold(10)).isCloseTo(90, within(1e-9));
        assertThat(realised)
                .containsExactly(
                        new double[] {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}, within(1e-9));
    }

    @Test
    void harderPromptsThanExpectedAreEscalatedMore() {
        var realised = Escalation.of(expected).realised(new double[] {85, 95, 95, 5}, ones(4));

        assertThat(realised[0]).isEqualTo(0.5);
        assertThat(realised[1]).isEqualTo(0.75);
    }

    @Test
    void rowsCountAsOftenAsTheyAreDrawn() {
        var realised = Escalation.of(expected).realised(new double[] {95, 5}, new int[] {3, 1});

        assertThat(realised[0]).isEqualTo(0.75);
    }

    @Test
    void nothingIsKnownOfScoresThatNobodyExpects() {
        assertThat(Escalation.of(new double[0]).realised(new double[] {1, 0}, ones(2)))
                .containsOnly(Double.NaN);
    }

    @Test
    void aThresholdHasItsPriceAndItsQuality() {
        var rows = List.of(Rows.row("a", 0, 1), Rows.row("b", 0.5, 0.5), Rows.row("c", 0, 1));

        var effect = Escalation.Effect.of(0.5, new double[] {0.5, 0.6, 0.4}, rows);

        assertThat(effect.share()).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(effect.quality()).isCloseTo(0.5, within(1e-12));
        assertThat(effect.recovered()).isCloseTo(0.5, within(1e-12));
    }

    private static int[] ones(int count) {
        var ones = new int[count];
        Arrays.fill(ones, 1);
        return ones;
    }
}
