package io.pointsman.classifier.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pointsman.classifier.training.Outcome;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResamplingTest {

    @Test
    void aSeedRepeatsItselfAndAnotherDiffers() {
        var rows = drawn(new Random(1), 50, 1);

        var first = Resampling.of(rows, 100, 7).estimates(meanOf(rows));
        var again = Resampling.of(rows, 100, 7).estimates(meanOf(rows));
        var other = Resampling.of(rows, 100, 8).estimates(meanOf(rows));

        assertThat(again).isEqualTo(first);
        assertThat(other[0].low()).isNotEqualTo(first[0].low());
        assertThat(other[0].value()).isEqualTo(first[0].value());
    }

    @Test
    void intervalsCoverWhatTheyShould() {
        int covered = 0;
        for (int seed = 0; seed < 200; seed++) {
            var rows = drawn(new Random(seed), 60, 1);
            var mean = Resampling.of(rows, 200, seed).estimates(meanOf(rows))[0];
            covered += mean.low() <= 0.5 && 0.5 <= mean.high() ? 1 : 0;
        }

        assertThat(covered).isBetween(178, 199);
    }

    @Test
    void familiesAreDrawnWhole() {
        // All rows of a family are equal, so thirty rows each say no more than one.
        var rows = drawn(new Random(3), 20, 30);
        var flat = rows.stream().map(row -> Rows.of(row.id(), "s", "t", row.weak(), 1)).toList();

        var byFamily = Resampling.of(rows, 300, 1);
        var byRow = Resampling.of(flat, 300, 1);

        assertThat(byFamily.unit()).isEqualTo("20 families");
        assertThat(byRow.unit()).isEqualTo("rows");
        assertThat(width(byFamily.estimates(meanOf(rows))[0]))
                .isGreaterThan(3 * width(byRow.estimates(meanOf(flat))[0]));
    }

    @Test
    void fewFamiliesAreNotEnoughToDrawFrom() {
        assertThat(Resampling.of(drawn(new Random(1), 4, 10), 10, 1).unit()).isEqualTo("rows");
        assertThat(Resampling.of(drawn(new Random(1), 5, 10), 10, 1).unit())
                .isEqualTo("5 families");
    }

    @Test
    void aResampleHasAsManyRowsWhereRowsAreDrawn() {
        var rows = drawn(new Random(1), 1, 40);

        var sums =
                Resampling.of(rows, 50, 1)
                        .estimates(counts -> new double[] {IntStream.of(counts).sum()})[0];

        assertThat(sums).isEqualTo(new Estimate(40, 40, 40));
    }

    @Test
    void whatCannotBeMeasuredIsLeftOut() {
        var rows = drawn(new Random(1), 1, 10);

        var never = Resampling.of(rows, 20, 1).estimates(_ -> new double[] {Double.NaN})[0];

        assertThat(never.text()).isEqualTo("-");
    }

    @Test
    void percentilesLieBetweenTheNearestTwo() {
        var sorted = new double[] {0, 1, 2, 3};

        assertThat(Resampling.percentile(sorted, 0)).isZero();
        assertThat(Resampling.percentile(sorted, 1)).isEqualTo(3);
        assertThat(Resampling.percentile(sorted, 0.25)).isCloseTo(0.75, within(1e-12));
        assertThat(Resampling.percentile(new double[0], 0.5)).isNaN();
    }

    @Test
    void figuresAreShort() {
        assertThat(new Estimate(0.7519, -0.0004, 1.0365).text()).isEqualTo(".752 [.000 1.037]");
        assertThat(new Estimate(-0.25, -0.5, -0.1).text()).isEqualTo("-.250 [-.500 -.100]");
        assertThat(new Estimate(0.314, 0.276, 0.345).percent()).isEqualTo("31 [28 35]");
        assertThat(Estimate.figure(Double.NaN)).isEqualTo("-");
    }

    /// Rows whose fast model is right or wrong by the toss of a coin per family.
    private static List<Outcome> drawn(Random random, int families, int each) {
        if (families > 1 && each == 1) {
            return IntStream.range(0, families)
                    .mapToObj(i -> Rows.of("r" + i, "s", "one", random.nextInt(2), 1))
                    .toList();
        }
        var coins = random.ints(families, 0, 2).toArray();
        return IntStream.range(0, families * each)
                .mapToObj(i -> Rows.of("r" + i, "s", "t" + i / each, coins[i / each], 1))
                .toList();
    }

    private static Function<int[], double[]> meanOf(List<Outcome> rows) {
        return counts -> {
            double sum = 0;
            long all = 0;
            for (int i = 0; i < counts.length; i++) {
                sum += counts[i] * rows.get(i).weak();
                all += counts[i];
            }
            return new double[] {sum / all};
        };
    }

    private static double width(Estimate estimate) {
        return estimate.high() - estimate.low();
    }
}
