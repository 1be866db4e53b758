package io.pointsman.classifier.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pointsman.classifier.training.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    }

    @Test
    void theOracleRecoversItWithTheFewestCalls() {
        var measures = Measures.of(rows, Baselines.oracle(rows));

        assertThat(measures.cpt50()).isCloseTo(0.25, within(1e-9));
        assertThat(measures.cpt80()).isCloseTo(0.4, within(1e-9));
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
    void thereIsNothingToRecoverWithoutAGap() {
        var even = List.of(row("a", 1, 1), row("b", 0, 0));

        var measures = Measures.of(even, new double[] {1, 0});

        assertThat(measures.apgr()).isNaN();
        assertThat(measures.auc()).isNaN();
    }

    @Test
    void calibrationIsMeasuredAgainstGains() {
        var right = rows.stream().mapToDouble(Outcome::gain).toArray();
        var half = IntStream.range(0, 100).mapToDouble(_ -> 0.5).toArray();

        assertThat(Measures.brier(rows, right)).isZero();
        assertThat(Measures.brier(rows, half)).isCloseTo(0.25, within(1e-9));
        assertThat(Measures.calibrationError(rows, half)).isCloseTo(0, within(1e-9));
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

    @Test
    void theReportShowsEveryMethodAndSource() {
        var half = new double[100];
        var text = EvaluationReport.of(rows, new Scores(half, half), rows).text();

        assertThat(text)
                .contains("pointsman", "random", "length", "lexical", "lookup", "oracle")
                .contains("even", "odd", "Brier", "difficulty at least");
    }

    @Test
    void scoresAreWrittenByIdAndQuotedWhereNeeded(@TempDir Path folder) throws IOException {
        var file = folder.resolve("scores.csv");
        var two = List.of(row("plain", 0, 1), row("a,\"b\"", 0, 1));

        new Scores(new double[] {0.25, 1}, new double[] {0, 0}).write(two, file);

        assertThat(Files.readString(file))
                .isEqualTo("id,score\nplain,0.250000\n\"a,\"\"b\"\"\",1.000000\n");
    }

    private static Outcome row(String id, double weak, double strong) {
        var source = weak == 0 ? "even" : "odd";
        return new Outcome(id, source, "t", "prompt " + id, weak, strong, OptionalInt.empty());
    }
}
