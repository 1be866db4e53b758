package io.pointsman.system;

import static io.pointsman.system.Commands.commandIn;
import static io.pointsman.system.Commands.ended;
import static io.pointsman.system.Commands.finished;
import static io.pointsman.system.Commands.until;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.classifier.Classifiers;
import io.pointsman.classifier.features.FeatureSet;
import io.pointsman.classifier.features.NgramRarity;
import io.pointsman.classifier.memory.MemorySettings;
import io.pointsman.classifier.memory.MemorySettings.Sharing;
import io.pointsman.classifier.memory.OutcomeMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the classifier has learned, by commands as a user types them.
@Timeout(180)
class MemoryCommandsTest {

    private static final String ROWS =
            """
            {"prompt":"Which chant do the moss wardens sing on Mondays?","w":0,"s":1}
            {"prompt":"Which chant do the moss wardens sing on Fridays?","w":0.5,"s":1}
            """;

    @TempDir private Path folder;
    private Path memory;

    @BeforeEach
    void place() throws IOException {
        memory = folder.toRealPath().resolve("outcomes.log");
    }

    @Test
    void calibrateKeepsRowsThatReportTells() throws Exception {
        var kept = keepRows();

        var report =
                finished(
                        commandIn(
                                folder,
                                "classifier",
                                "report",
                                "--memory",
                                "outcomes.log",
                                "--out",
                                "pictures"));

        assertThat(kept).contains("2 of 2 rows are kept in outcomes.log");
        assertThat(Files.readString(memory, ISO_8859_1)).doesNotContain("wardens");
        assertThat(folder.resolve("head.json")).doesNotExist();
        assertThat(report)
                .contains("4 labels")
                .containsPattern("file +2 +2 +4")
                .contains("(all tenants)", "calibration error");
        try (var pictures = Files.list(folder.resolve("pictures"))) {
            assertThat(pictures)
                    .hasSize(3)
                    .allSatisfy(picture ->
                            assertThat(picture).content().startsWith("<svg").endsWith("</svg>\n"));
        }
    }

    @Test
    void withoutAMemoryThereIsNoReport() throws Exception {
        configure("classifier: {head: generic}");

        assertOneLine(ended(commandIn(folder, "classifier", "report"), 1))
                .contains("classifier.memory.file", "--memory");
    }

    @Test
    void theGreetingSaysWhereWhatIsLearnedIsKept() throws Exception {
        configure("classifier: {head: generic}");
        assertThat(greeting()).contains("kept for this run alone; classifier.memory.file");

        configure("classifier: {head: generic, memory: {file: outcomes.log}}");
        assertThat(greeting())
                .contains("Pointsman listens on")
                .doesNotContain("What it learns is kept");
        assertThat(memory).exists();
    }

    @Test
    void aDamagedMemoryStopsTheStart() throws Exception {
        keepRows();
        var bytes = Files.readAllBytes(memory);
        bytes[bytes.length / 2] ^= 1;
        Files.write(memory, bytes);
        configure("classifier: {head: generic, memory: {file: outcomes.log}}");

        assertOneLine(refused())
                .contains(memory + " is damaged at byte ", "Move it away", "put back a copy");
        assertThat(memory).hasBinaryContent(bytes);
    }

    @Test
    void aMemoryInUseStopsTheStart() throws Exception {
        configure("classifier: {head: generic, memory: {file: outcomes.log}}");
        var settings =
                new MemorySettings(
                        Optional.of(memory), 100, MemorySettings.HALF_LIFE, Sharing.TENANT);
        try (var _ = OutcomeMemory.open(settings, NgramRarity::of, Instant.now())) {
            assertOneLine(refused())
                    .contains(
                            memory + " is in use by another process",
                            "Stop that one, or give each its own file");
        }
    }

    @Test
    void aHeadOfOtherFeaturesStopsTheStart() throws Exception {
        Files.writeString(
                folder.resolve("old.json"), bundledHead().replace(FeatureSet.ID, "v0-00000000"));
        configure("classifier: {head: old.json}");

        assertOneLine(refused())
                .contains("old.json was fitted on the features v0-00000000")
                .contains(FeatureSet.ID, "fit it again with `pointsman calibrate`");
    }

    private String keepRows() throws Exception {
        Files.writeString(folder.resolve("rows.jsonl"), ROWS);
        return finished(
                commandIn(
                        folder,
                        "calibrate",
                        "--outcomes",
                        "rows.jsonl",
                        "--memory",
                        "outcomes.log"));
    }

    private static String bundledHead() throws IOException {
        try (var in =
                Objects.requireNonNull(
                        Classifiers.class.getResourceAsStream("heads/generic.json"))) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private void configure(String classifier) throws IOException {
        Files.writeString(
                folder.resolve("pointsman.yaml"),
                classifier
                        + """

                        server: {port: 0}
                        management: {port: 0}
                        backends:
                          small: {base-url: "http://127.0.0.1:1/v1", model: m}
                        pools: {fast: [small], reasoner: [small]}
                        policies:
                          default: fast
                          rules: [{name: hard, when: {difficulty-at-least: 0.5}, route: reasoner}]
                        """);
    }

    /// What `pointsman run` says once it listens.
    private String greeting() throws Exception {
        var process = commandIn(folder, "run").start();
        try (var out = process.inputReader(UTF_8)) {
            return until(out, "\"messages\"");
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    /// What `pointsman run` says before it gives up by itself.
    private String refused() throws Exception {
        return ended(commandIn(folder, "run"), 1);
    }

    private static AbstractStringAssert<?> assertOneLine(String said) {
        return assertThat(said).hasLineCount(1);
    }
}
