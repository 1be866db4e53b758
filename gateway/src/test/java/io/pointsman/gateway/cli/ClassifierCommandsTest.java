package io.pointsman.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClassifierCommandsTest {

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
        var words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        return new CommandLine(command)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(words);
    }
}
