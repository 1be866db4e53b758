package io.pointsman.classifier.evaluation;

import static io.pointsman.classifier.evaluation.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.api.Classification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoresTest {

    @TempDir Path folder;

    @Test
    void chancesAreMeasuredAgainstTheScoresOfTheirModels() {
        var rows = List.of(row("a", 1, 0), row("b", 0, 1));

        var scores = Scores.of(prompt -> scored(0.75, prompt.endsWith("a") ? 1 : 0, 1), rows);

        assertThat(scores.difficulties()).containsExactly(0.75, 0.75);
        assertThat(scores.gains()).containsExactly(0, 1);
        var reliabilities = scores.reliabilities(rows);
        assertThat(reliabilities.keySet())
                .containsExactly("gain s - w", "fast model's score w", "reasoner's score s");
        var once = new int[] {1, 1};
        assertThat(reliabilities.values().stream().map(it -> it.brier(once)))
                .containsExactly(0.5, 0.0, 0.5);
    }

    @Test
    void whatCannotBeJudgedBreaksEvenAndExpectsNothing() {
        var rows = List.of(row("a", 0, 1), row("b", 0, 1));

        var scores =
                Scores.of(
                        prompt ->
                                prompt.endsWith("a")
                                        ? new Classification.Unknown(Classification.Cause.NO_TEXT)
                                        : scored(1, 0, 1),
                        rows);

        assertThat(scores.difficulties()).containsExactly(0.5, 1);
        assertThat(scores.unknown()).isEqualTo(1);
        assertThat(scores.reliabilities(rows).get("gain s - w"))
                .satisfies(gain -> assertThat(gain.overall().rows()).isEqualTo(1));
    }

    @Test
    void scoresAreWrittenByIdAndQuotedWhereNeeded() throws IOException {
        var file = folder.resolve("scores.csv");
        var rows =
                List.of(
                        row("plain", 0, 1),
                        row("a,\"b\"", 0, 1),
                        row("two\r\nlines", 0, 1),
                        row("half \ud800 pair", 0, 1),
                        row("", 0, 1));

        new Scores(new double[] {0.25, 1, 0, 1e-7, 0.1 + 0.2}, new double[5], Optional.empty())
                .write(rows, file);

        assertThat(Files.readString(file))
                .isEqualTo(
                        """
                        id,score
                        plain,0.25
                        "a,""b""\",1.0
                        "two\r
                        lines",0.0
                        "half ? pair",0.00000010
                        ,0.30000000000000004
                        """);
    }

    @Test
    void scoresThatDifferAreWrittenApart() throws IOException {
        var file = folder.resolve("scores.csv");
        double next = Math.nextUp(0.5);

        new Scores(new double[] {0.5, next}, new double[2], Optional.empty())
                .write(List.of(row("a", 0, 1), row("b", 0, 1)), file);

        assertThat(Files.readAllLines(file).get(2)).isEqualTo("b," + next);
    }

    @Test
    void saysWhereItCannotWriteAndWhy() {
        var scores = new Scores(new double[0], new double[0], Optional.empty());

        assertThatThrownBy(() -> scores.write(List.of(), folder.resolve("no/scores.csv")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot write the scores to")
                .hasMessageContaining("scores.csv: its folder does not exist");
        assertThatThrownBy(() -> scores.write(List.of(), folder))
                .hasMessageEndingWith(folder + ": it is a folder");
    }

    private static Classification.Scored scored(double difficulty, double fast, double reasoner) {
        return new Classification.Scored(
                difficulty,
                Classification.Certainty.of(
                        new Classification.Interval(0, 1), Classification.Novelty.NONE),
                new Classification.Chances(fast, reasoner),
                OptionalInt.empty(),
                List.of(),
                Optional.empty());
    }
}
