package io.pointsman.classifier.evaluation;

import static io.pointsman.classifier.evaluation.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pointsman.classifier.training.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EvaluationTest {

    /// Every second row gains.
    private final List<Outcome> rows =
            IntStream.range(0, 100).mapToObj(i -> row("r" + i, i % 2 == 0 ? 0 : 1, 1)).toList();

    @Test
    void equalScoresRecoverHalfOfTheGap() {
        var measures = Measures.of(rows, Baselines.random(rows));

        assertThat(measures.apgr()).isCloseTo(0.5, within(1e-9));
        assertThat(measures.cpt50()).isCloseTo(0.5, within(1e-9));
        assertThat(measures.cpt80()).isCloseTo(0.8, within(1e-9));
        assertThat(measures.auc()).isCloseTo(0.5, within(1e-9));
        // From .5 to .95, .98 and .99 of 1, at a gain of .5 for all calls.
        assertThat(measures.for95()).isCloseTo(0.90, within(1e-9));
        assertThat(measures.for98()).isCloseTo(0.96, within(1e-9));
        assertThat(measures.for99()).isCloseTo(0.98, within(1e-9));
    }

    @Test
    void theOracleRecoversItWithTheFewestCalls() {
        var measures = Measures.of(rows, Baselines.oracle(rows));

        assertThat(measures.cpt50()).isCloseTo(0.25, within(1e-9));
        assertThat(measures.cpt80()).isCloseTo(0.4, within(1e-9));
        assertThat(measures.for95()).isCloseTo(0.45, within(1e-9));
        assertThat(measures.for98()).isCloseTo(0.48, within(1e-9));
        assertThat(measures.for99()).isCloseTo(0.49, within(1e-9));
        assertThat(measures.auc()).isEqualTo(1);
        // 0, .2, .4, .6, .8, then 1: the trapezoids' mean.
        assertThat(measures.apgr()).isCloseTo(0.75, within(1e-9));
    }

    @Test
    void theWrongOrderIsWorseThanRandom() {
        var scores = rows.stream().mapToDouble(row -> -row.gap()).toArray();

        assertThat(Measures.of(rows, scores).apgr()).isCloseTo(0.25, within(1e-9));
    }

    @Test
    void fourRowsByHand() {
        var four = List.of(row("a", 0, 1), row("b", 1, 0.5), row("c", 0.5, 1), row("d", 0.5, 0.5));
        var scores = new double[] {0.9, 0.7, 0.5, 0.1};

        var curve = RoutingCurve.of(four, scores);
        var measures = Measures.of(four, scores);

        assertThat(curve.weakMean()).isEqualTo(0.5);
        assertThat(curve.shares()).containsExactly(0, 0.25, 0.5, 0.75, 1);
        assertThat(curve.gains()).containsExactly(0, 0.25, 0.125, 0.25, 0.25);
        // Half of .25 is reached halfway to the first row, .75 of the reasoner's .75 likewise.
        assertThat(measures.cpt50()).isEqualTo(0.125);
        assertThat(measures.cpt80()).isCloseTo(0.2, within(1e-12));
        assertThat(curve.callsForQuality(0.95)).isCloseTo(0.2125, within(1e-12));
        // Row a and row c gain at least one half; b and d do not: three of four pairs are in order.
        assertThat(measures.auc()).isEqualTo(0.75);
    }

    @Test
    void theFastModelNeedsNoCallsWhereItIsGoodEnough() {
        var measures = Measures.of(List.of(row("a", 1, 1), row("b", 1, 0.9)), new double[] {1, 0});

        assertThat(measures.for99()).isZero();
        assertThat(measures.cpt50()).isNaN();
    }

    @Test
    void thereIsNothingToRecoverWithoutAGap() {
        var even = List.of(row("a", 1, 1), row("b", 0, 0));

        var measures = Measures.of(even, new double[] {1, 0});

        assertThat(measures.apgr()).isNaN();
        assertThat(measures.auc()).isNaN();
    }

    /// Rows that count twice are rows that are there twice, and rows that do not count are not
    /// there.
    @ParameterizedTest
    @MethodSource("seeds")
    void countsAreCopies(long seed) {
        var random = new Random(seed);
        var some = new ArrayList<Outcome>();
        var copied = new ArrayList<Outcome>();
        var scores = new double[60];
        var copiedScores = new ArrayList<Double>();
        var counts = new int[60];
        for (int i = 0; i < 60; i++) {
            some.add(row("r" + i, random.nextInt(3) / 2.0, random.nextInt(3) / 2.0));
            scores[i] = random.nextInt(20) / 20.0;
            counts[i] = random.nextInt(4);
            for (int copy = 0; copy < counts[i]; copy++) {
                copied.add(some.get(i));
                copiedScores.add(scores[i]);
            }
        }

        var counted = Ranking.of(some, scores).measures(counts).values();

        var expected =
                Measures.of(
                                copied,
                                copiedScores.stream().mapToDouble(Double::doubleValue).toArray())
                        .values();
        for (int i = 0; i < counted.length; i++) {
            assertThat(counted[i]).as("measure %d", i).isCloseTo(expected[i], within(1e-9));
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    @Test
    void theLookupKnowsSourceAndTaskOnly() {
        var train =
                List.of(
                        new Outcome("", "a", "x", "p", 0, 1, OptionalInt.empty()),
                        new Outcome("", "a", "y", "p", 1, 1, OptionalInt.empty()));
        var asked =
                List.of(
                        new Outcome("", "a", "x", "q", 0, 0, OptionalInt.empty()),
                        new Outcome("", "a", "y", "q", 0, 0, OptionalInt.empty()),
                        new Outcome("", "b", "z", "q", 0, 0, OptionalInt.empty()));

        var scores = Baselines.lookup(asked, train);

        assertThat(scores[0]).isGreaterThan(scores[2]);
        assertThat(scores[2]).isGreaterThan(scores[1]);
    }
}
