package io.pointsman.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Label;
import io.pointsman.api.TaskType;
import io.pointsman.classifier.evaluation.LearnedLabel;
import io.pointsman.gateway.config.ConfigLocation;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierCommandTest {

    private static final Instant NOW = Instant.parse("2026-05-03T12:00:00Z");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir Path folder;

    @Test
    void reportsWhatAMemoryHolds() throws IOException {
        var memory = Files.writeString(folder.resolve("outcomes.log"), "");
        var pictures = folder.resolve("some/pictures");

        int status = run("report", "--memory", memory, "--out", pictures);

        assertThat(status).isZero();
        assertThat(out.toString())
                .contains("1 label,", "feedback", "over the last day (1 label)")
                .contains("wrote " + pictures.resolve("reliability.svg"));
        assertThat(pictures).isDirectoryContaining("glob:**labels-per-day.svg");
        assertThat(Files.readString(pictures.resolve("novelty-per-day.svg"))).startsWith("<svg");
    }

    @Test
    void findsTheMemoryThatAConfigurationNames() throws IOException {
        Files.writeString(folder.resolve("named.log"), "");

        int status = run("report", "--config", folder.resolve("named.yaml"));

        assertThat(status).isZero();
        assertThat(out.toString()).contains("1 label,").doesNotContain("wrote");
    }

    @Test
    void saysThatNothingIsKept() {
        int status = run("report", "--config", folder.resolve("none.yaml"));

        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains("classifier.memory.file", "--memory");
    }

    @Test
    void saysThatThereIsNoMemory() {
        var memory = folder.resolve("outcomes.log");

        int status = run("report", "--memory", memory);

        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains("there is no memory " + memory);
    }

    @Test
    void saysThatPicturesCannotBeWritten() throws IOException {
        var memory = Files.writeString(folder.resolve("outcomes.log"), "");

        int status = run("report", "--memory", memory, "--out", memory);

        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains("cannot make the folder " + memory);
    }

    @Test
    void eitherAConfigurationOrAMemory() {
        assertThat(run("report", "--memory", "a", "--config", "b")).isEqualTo(2);
        assertThat(err.toString()).contains("name either --config or --memory, not both");
    }

    @Test
    void aloneItShowsItsUse() {
        assertThat(run()).isZero();
        assertThat(out.toString()).contains("report");
    }

    private int run(Object... arguments) {
        var words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        return ClassifierCommand.with(
                        ClassifierCommandTest::memoryOf, ClassifierCommandTest::labels, () -> NOW)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(words);
    }

    private static Optional<Path> memoryOf(ConfigLocation location) {
        return switch (location) {
            case ConfigLocation.InFile(Path file) when file.endsWith("named.yaml") ->
                    Optional.of(file.resolveSibling("named.log"));
            case ConfigLocation.InFile _, ConfigLocation.BuiltIn _ -> Optional.empty();
        };
    }

    private static List<LearnedLabel> labels(Path file) {
        assertThat(file).exists();
        return List.of(
                new LearnedLabel(
                        NOW.minusSeconds(60),
                        "ours",
                        Label.Origin.FEEDBACK,
                        TaskType.CODE,
                        0.75,
                        1,
                        false,
                        true));
    }
}
