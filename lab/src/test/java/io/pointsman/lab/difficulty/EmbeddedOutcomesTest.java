package io.pointsman.lab.difficulty;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.classifier.Classifiers;
import io.pointsman.classifier.evaluation.Scores;
import io.pointsman.classifier.training.Outcome;
import io.pointsman.classifier.training.OutcomeFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The head `embedded` on outcomes of the bundled pair that it was not fitted to.
class EmbeddedOutcomesTest {

    private static final List<Outcome> ROWS =
            OutcomeFile.read(Path.of("outcomes", "outcomes_dev.jsonl.xz")).rows();

    @ParameterizedTest
    @CsvSource({"easy, false", "hard, true"})
    void sendsPlainProblemsTheRightWay(String level, boolean toTheReasoner) {
        var rows = ROWS.stream().filter(row -> row.task().startsWith(level + "_")).toList();
        var head = Classifiers.load("embedded", Path.of("nowhere")).head();
        var difficulties = Scores.of(head, rows).difficulties();

        var right = 0;
        for (var difficulty : difficulties) {
            right += difficulty >= 0.5 == toTheReasoner ? 1 : 0;
        }

        assertThat(rows).hasSizeGreaterThan(300);
        assertThat(right / (double) rows.size()).isGreaterThanOrEqualTo(0.98);
    }
}
