package io.pointsman.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification;
import io.pointsman.api.Kind;
import io.pointsman.api.Label;
import io.pointsman.api.LearningClassifier;
import io.pointsman.api.PromptTrace;
import io.pointsman.api.TaskType;
import io.pointsman.api.Tier;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class EvaluateCommandTest {

    private static final String ROWS =
            """
            {"id":"a","source":"s","task":"t","prompt":"What is 2 + 2?","w":1,"s":1}
            {"id":"b","source":"s","task":"u","prompt":"Prove that 2 is even.","w":0,"s":1}
            {"id":"b","source":"r","task":"u","prompt":"Prove that 3 is odd.","w":0.5,"s":1}
            """;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir Path folder;

    @Test
    void measuresAndWritesScoresAndCurve() throws IOException {
        var rows = file("rows.jsonl", ROWS);
        var scores = folder.resolve("scores.csv");
        var curve = folder.resolve("curve.svg");

        int status =
                run(
                        new EvaluateCommand(),
                        "--outcomes",
                        rows,
                        "--train",
                        rows,
                        "--scores",
                        scores,
                        "--curve",
                        curve,
                        "--seed",
                        "42");

        assertThat(status).isZero();
        assertThat(out.toString())
                .contains("3 rows of 2 sources", "seed 42", "APGR", "lookup", "requested")
                .contains("rows a second", "one classification, warm");
        assertThat(err.toString())
                .contains("reading ", "scoring 3 rows", "measuring")
                .contains("1 rows repeat the id of another");
        assertThat(Files.readAllLines(scores)).hasSize(4).startsWith("id,score");
        assertThat(Files.readString(curve)).startsWith("<svg").endsWith("</svg>\n");
    }

    @Test
    void whatIsLearnedFirstMovesTheScores() throws IOException {
        var rows = file("rows.jsonl", ROWS);
        var scores = folder.resolve("scores.csv");
        var classifier = new Pupil();

        int status =
                run(
                        new EvaluateCommand(_ -> classifier),
                        "--outcomes",
                        rows,
                        "--memory",
                        rows,
                        "--scores",
                        scores);

        assertThat(status).isZero();
        assertThat(Files.readAllLines(scores))
                .containsExactly("id,score", "a,0.0", "b,1.0", "b,0.5");
        assertThat(err.toString()).contains("learning 3 rows", "learned 3 of them");
        // The lookup is fitted on what was learned.
        assertThat(out.toString()).contains("lookup");
    }

    @Test
    void aClassifierThatDoesNotLearnHasNoMemory() throws IOException {
        var rows = file("rows.jsonl", ROWS);

        int status =
                run(
                        new EvaluateCommand(
                                _ -> _ -> Classification.Scored.of(0.5, List.of("fixed"))),
                        "--outcomes",
                        rows,
                        "--memory",
                        rows);

        assertThat(status).isEqualTo(1);
        assertThat(err.toString())
                .contains("--memory", "rows.jsonl", "\"generic\" does not learn from outcomes");
    }

    @Test
    void comparesTiers() throws IOException {
        var rows =
                file(
                        "tiers.jsonl",
                        "{\"prompt\":\"What is 2 + 2?\",\"expected_tier\":\"COMPLEX\",\"lang\":\"en\"}");
        var scores = folder.resolve("tiers.csv");

        int status =
                run(new EvaluateCommand(_ -> new Pupil()), "--tiers", rows, "--scores", scores);

        assertThat(status).isZero();
        assertThat(out.toString())
                .contains("agreement on the tier: 100.0 % of 1 rows", "rows a second");
        assertThat(Files.readAllLines(scores)).containsExactly("id,tier", "row-1,COMPLEX");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    empty.jsonl     | empty.jsonl has no rows
                    none.jsonl      | there is no file
                    wrong.jsonl     | wrong.jsonl, line 2: "w" must be a number in [0, 1]
                    torn.jsonl      | torn.jsonl, line 1: is not JSON
                    short.jsonl.xz  | cannot read the outcomes
                    """)
    void aFileThatCannotBeReadIsOneClearLine(String name, String message) throws IOException {
        file("empty.jsonl", "\r\n");
        file(
                "wrong.jsonl",
                "{\"prompt\":\"a\",\"w\":0,\"s\":1}\n{\"prompt\":\"a\",\"w\":\"x\",\"s\":1}");
        file("torn.jsonl", "{\"prompt\":\"a");
        file("short.jsonl.xz", "not compressed");

        int status = run(new EvaluateCommand(), "--outcomes", folder.resolve(name));

        assertThat(status).isEqualTo(1);
        var lines = err.toString().lines().toList();
        assertThat(lines.getLast()).contains(message, name);
        assertThat(lines).allMatch(line -> line.startsWith("reading ") || line.contains(message));
    }

    @ParameterizedTest
    @CsvSource({"--scores, scores", "--curve, curve"})
    void anOutputThatCannotBeWrittenIsNamed(String option, String what) throws IOException {
        var rows = file("rows.jsonl", ROWS);
        var missing = folder.resolve("no").resolve("file");

        int status = run(new EvaluateCommand(), "--outcomes", rows, option, missing);

        assertThat(status).isEqualTo(1);
        assertThat(err.toString())
                .contains("cannot write the %s to %s: its folder".formatted(what, missing));
    }

    @Test
    void optionsThatDoNotGoTogetherAreRefused() throws IOException {
        var rows = file("rows.jsonl", ROWS);

        assertThat(run(new EvaluateCommand())).isEqualTo(2);
        assertThat(run(new EvaluateCommand(), "--outcomes", rows, "--tiers", rows)).isEqualTo(2);
        assertThat(err.toString()).contains("name either --outcomes FILE or --tiers FILE");
        assertThat(run(new EvaluateCommand(), "--tiers", rows, "--curve", "x.svg")).isEqualTo(2);
        assertThat(err.toString()).contains("--memory, --train and --curve go with --outcomes");
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private int run(Object command, Object... arguments) {
        var words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        return new CommandLine(command)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(words);
    }

    /// Scores a prompt by the gap that it was taught for it.
    private static final class Pupil implements LearningClassifier {

        private final Map<Long, Double> gaps = new HashMap<>();

        @Override
        public Classification classify(ChatRequest request) {
            long hash = request.messages().getFirst().text().hashCode();
            PromptTrace trace = () -> hash;
            double gap = gaps.getOrDefault(hash, 0.25);
            return new Classification.Scored(
                    gap,
                    Classification.Certainty.of(
                            new Classification.Interval(gap, gap), Classification.Novelty.NONE),
                    new Classification.Chances(1 - gap, 1),
                    OptionalInt.empty(),
                    List.of(),
                    Optional.of(trace));
        }

        @Override
        public Optional<Kind> kind(ChatRequest request) {
            return Optional.of(new Kind(TaskType.OTHER, Tier.COMPLEX));
        }

        @Override
        public void advance(Instant now) {}

        @Override
        public void learn(String id, String tenant, PromptTrace trace, Label label, Instant now) {
            gaps.put(trace.hash(), label.reasoner().orElseThrow() - label.fast().orElseThrow());
        }
    }
}
