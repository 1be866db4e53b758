package io.pointsman.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.gateway.accounting.ReasonerPrice;
import io.pointsman.gateway.ledger.RecordLedger;
import io.pointsman.gateway.ledger.Records;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageCommandTest {

    @TempDir private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void readsAFolderBesideTheProcessThatWritesToIt() throws InterruptedException {
        try (var ledger =
                RecordLedger.open(
                        Records.in(folder), ReasonerPrice.UNKNOWN, InstantSource.system())) {
            ledger.record(Records.record("r1", Records.START, "team-a", "small"));
            ledger.record(Records.record("r2", Records.START, "team-a", "spare"));
            assertThat(ledger.flush(Duration.ofSeconds(20))).isTrue();

            var status =
                    run(
                            "usage",
                            "--folder",
                            folder.toString(),
                            "--by",
                            "tenant",
                            "--from",
                            "2026-11-25",
                            "--to",
                            "2026-11-26",
                            "--format",
                            "csv");

            assertThat(err.toString()).isEmpty();
            assertThat(status).isZero();
            assertThat(out.toString().lines().toList())
                    .last()
                    .isEqualTo("team-a,2,2,0,0,0,2,200,0,40,0,0.0006,0,0,,,");
        }
    }

    @Test
    void saysWhereToLookWhereThereIsNoLedger() {
        assertThat(run("usage", "--folder", folder.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("there is no ledger in", "--url");
    }

    @Test
    void saysThatAFolderIsNotThere() {
        var nowhere = folder.resolve("nowhere");

        assertThat(run("usage", "--folder", nowhere.toString())).isEqualTo(1);
        assertThat(err.toString())
                .contains(nowhere + " cannot be read: " + nowhere + " is not there")
                .doesNotContain("Exception");
    }

    @Test
    void saysThatNobodyAnswers() {
        assertThat(run("usage", "--url", "http://127.0.0.1:1")).isEqualTo(1);
        assertThat(err.toString())
                .contains("no gateway answers at http://127.0.0.1:1; --url names")
                .doesNotContain("Exception");
    }

    @Test
    void saysWhatIsWrongWithTheQuestion() {
        assertThat(run("usage", "--folder", folder.toString(), "--by", "colour")).isEqualTo(1);
        assertThat(err.toString()).contains("by may name tenant, model, route, backend, hour");
    }

    private int run(String... args) {
        return Pointsman.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
