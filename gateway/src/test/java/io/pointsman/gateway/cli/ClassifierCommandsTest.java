package io.pointsman.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pointsman.api.Classification.Scored;
import io.pointsman.classifier.Classifiers;
import io.pointsman.classifier.evaluation.PromptRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClassifierCommandsTest {

    private static final String CHANTS =
            """
            {"prompt":"Which chant do the moss wardens sing on Mondays?","w":0,"s":1}
            {"prompt":"Which chant do the moss wardens sing on Tuesdays?","w":0,"s":1}
            {"prompt":"Which chant do the moss wardens sing on Fridays?","w":0,"s":1}
            """;

    private static final String FOURTH = "Which chant do the moss wardens sing on Sundays?";
    private static final String UNRELATED = "What is the capital of France?";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir Path folder;

    @Test
    void calibrateFitsAHeadThatEvaluateMeasures() throws IOException {
        var rows = outcomes();
        var head = folder.resolve("head.json");

        int fitted =
                run(new CalibrateCommand(), "--outcomes", rows, "--out", head, "--name", "ours");

        assertThat(fitted).isZero();
        assertThat(out.toString())
                .contains("120 rows", "Cross-validated", "random", "length", "to the reasoner")
                .contains("classifier:\n  head: " + head.toAbsolutePath());
        assertThat(Files.readString(head)).contains("\"ours\"", "cross-validated-apgr");

        var scores = folder.resolve("scores.csv");
        int evaluated =
                run(
                        new EvaluateCommand(),
                        "--outcomes",
                        rows,
                        "--train",
                        rows,
                        "--head",
                        head,
                        "--scores",
                        scores);

        assertThat(evaluated).isZero();
        assertThat(out.toString())
                .contains("lookup", "oracle", "rows a second", "one classification");
        assertThat(Files.readAllLines(scores)).hasSize(121).startsWith("id,score");
    }

    @Test
    void calibrateRepeatsItself() throws IOException {
        var rows = outcomes();
        var first = folder.resolve("first.json");
        var second = folder.resolve("second.json");

        run(new CalibrateCommand(), "--outcomes", rows, "--out", first);
        run(new CalibrateCommand(), "--outcomes", rows, "--out", second);

        assertThat(second).hasSameBinaryContentAs(first);
    }

    @Test
    void aWrongRowIsNamedAndNothingIsWritten() throws IOException {
        var rows =
                Files.writeString(
                        folder.resolve("rows.jsonl"), "{\"prompt\":\"a\",\"w\":3,\"s\":1}");
        var head = folder.resolve("head.json");

        int status = run(new CalibrateCommand(), "--outcomes", rows, "--out", head);

        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains("rows.jsonl, line 1: \"w\" must be a number in [0, 1]");
        assertThat(head).doesNotExist();
    }

    @Test
    void anUnknownHeadIsAClearError() throws IOException {
        int status = run(new EvaluateCommand(), "--outcomes", outcomes(), "--head", "generc");

        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains("\"generc\"", "[generic, embedded]");
    }

    @Test
    void aBreakEvenThatIsNoShareIsRefused() throws IOException {
        int status = run(new CalibrateCommand(), "--outcomes", outcomes(), "--break-even", "1.5");

        assertThat(status).isEqualTo(2);
        assertThat(err.toString()).contains("--break-even is in (0, 1)");
    }

    @Test
    void calibrateKeepsRowsInAMemory() throws IOException {
        var rows = file("rows.jsonl", CHANTS);
        var memory = folder.resolve("kept/outcomes.log");

        int first = pointsman("calibrate", "--outcomes", rows, "--memory", memory);
        int second = pointsman("calibrate", "--outcomes", rows, "--memory", memory);
        int reported = pointsman("classifier", "report", "--memory", memory);

        assertThat(List.of(first, second, reported)).containsOnly(0);
        assertThat(out.toString())
                .containsOnlyOnce("6 labels, ")
                .contains(
                        "3 of 3 rows are kept in %s, which has outcomes of 3 prompts%n"
                                .formatted(memory)
                                .repeat(2));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aMemoryThatCannotBeUsedIsAClearError() throws IOException {
        var rows = file("rows.jsonl", CHANTS);
        var memory = file("outcomes.log", "no memory");

        int status = pointsman("calibrate", "--outcomes", rows, "--memory", memory);

        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains(memory + " is not an outcome memory").hasLineCount(1);
        assertThat(memory).hasContent("no memory");
    }

    @Test
    void beforeAnythingIsLearnedThereIsNoReport() throws IOException {
        var fresh = file("fresh.yaml", "classifier: {memory: {file: none.log}}");

        int status = pointsman("classifier", "report", "--config", fresh);

        assertThat(status).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly(
                        "there is no memory %s: nothing was learned yet"
                                .formatted(folder.resolve("none.log")));
    }

    @Test
    void whatIsLearnedMovesTheScoresOfPromptsLikeItAndNoOthers() throws IOException {
        var rows =
                file(
                        "rows.jsonl",
                        """
                        {"prompt":"%s","w":0,"s":1}
                        {"prompt":"%s","w":1,"s":1}
                        """
                                .formatted(FOURTH, UNRELATED));
        var scores = folder.resolve("scores.csv");

        int status =
                pointsman(
                        "evaluate",
                        "--outcomes",
                        rows,
                        "--memory",
                        file("learned.jsonl", CHANTS),
                        "--scores",
                        scores);

        assertThat(status).isZero();
        assertThat(score(scores, 1)).isGreaterThan(untaught(FOURTH) + 0.2);
        assertThat(score(scores, 2)).isCloseTo(untaught(UNRELATED), within(0.005));
        assertThat(err.toString()).contains("learned 3 of them");
    }

    private static double untaught(String prompt) {
        var judged =
                Classifiers.load(Classifiers.GENERIC, Path.of(""))
                        .classify(PromptRequest.of(prompt));
        return judged instanceof Scored scored ? scored.difficulty() : Double.NaN;
    }

    @Test
    void tellsTheTiersOfPlainPrompts() throws IOException {
        var rows =
                file(
                        "tiers.jsonl",
                        """
                        {"prompt":"hello","expected_tier":"SIMPLE"}
                        {"prompt":"Summarize in two sentences: The river rose in spring.","expected_tier":"MEDIUM"}
                        {"prompt":"Design a distributed rate limiter for a multi-region API platform with failover.","expected_tier":"COMPLEX"}
                        {"prompt":"Prove that there are infinitely many primes congruent to 3 modulo 4.","expected_tier":"REASONING"}
                        """);

        int status = pointsman("evaluate", "--tiers", rows);

        assertThat(status).isZero();
        assertThat(out.toString()).contains("agreement on the tier: 100.0 % of 4 rows");
    }

    private static double score(Path scores, int row) throws IOException {
        return Double.parseDouble(Files.readAllLines(scores).get(row).split(",", -1)[1]);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Path outcomes() throws IOException {
        var random = new Random(1);
        var rows = new StringBuilder();
        for (int i = 0; i < 120; i++) {
            int size = i % 2 == 0 ? 10 : 10_000;
            rows.append(
                    "{\"id\":\"q%d\",\"source\":\"s%d\",\"task\":\"sum\",\"prompt\":\"What is %d + %d?\",\"w\":%d,\"s\":1}\n"
                            .formatted(
                                    i,
                                    i % 3,
                                    random.nextInt(size),
                                    random.nextInt(size),
                                    1 - i % 2));
        }
        return Files.writeString(folder.resolve("outcomes.jsonl"), rows);
    }

    private int run(Object command, Object... arguments) {
        return execute(new CommandLine(command), arguments);
    }

    private int pointsman(Object... arguments) {
        return execute(Pointsman.commandLine(), arguments);
    }

    private int execute(CommandLine command, Object... arguments) {
        var words = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
        return command.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(words);
    }
}
