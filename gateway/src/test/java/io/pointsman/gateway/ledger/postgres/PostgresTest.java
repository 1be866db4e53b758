package io.pointsman.gateway.ledger.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.api.Usage;
import io.pointsman.gateway.accounting.Outcome;
import io.pointsman.gateway.accounting.ReasonerPrice;
import io.pointsman.gateway.config.LedgerConfig;
import io.pointsman.gateway.ledger.RecordLedger;
import io.pointsman.gateway.ledger.Records;
import io.pointsman.gateway.ledger.Spool;
import io.pointsman.gateway.ledger.SpoolPosition;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresTest {

    private static final int NUMBERS_A_LIFE = 1_000_000;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static EmbeddedPostgres postgres;

    @TempDir private Path folder;

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder().start();
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @Test
    void whatIsKilledLosesNothingItSaidAndRecordsNothingTwice() throws Exception {
        var seed = new Random(7);
        var said = new ArrayList<Integer>();
        for (int life = 0; life < 4; life++) {
            // What it wrote without a word must not look like what the next one writes.
            var first = life * NUMBERS_A_LIFE;
            var last = writeAndKill(first, seed.nextInt(60, 160));
            IntStream.rangeClosed(first, last).forEach(said::add);
            ship(seed.nextInt(1, 4));
        }
        var numbers = ship(Integer.MAX_VALUE);

        assertThat(numbers).doesNotHaveDuplicates().containsAll(said);
        assertThat(ids())
                .containsExactlyInAnyOrderElementsOf(
                        numbers.stream().map(number -> "r" + number).toList());
    }

    /// Has a process write records from `first` on, kills it after it has said `count` times that
    /// records would survive, and returns the last number that it said.
    private int writeAndKill(int first, int count) throws IOException, InterruptedException {
        var process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.pointsman.gateway.ledger.WritingProcess",
                                folder.toString(),
                                Integer.toString(first))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        var last = -1;
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (int i = 0; i < count; i++) {
                last = Integer.parseInt(lines.readLine());
            }
            process.toHandle().destroyForcibly();
            // What it said before it died counts too.
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                last = Integer.parseInt(line);
            }
        }
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return last;
    }

    /// Opens the ledger, sends so many batches at most, and returns the numbers of all its records.
    private List<Integer> ship(int batches) throws IOException {
        try (var ledger = open();
                var store = store(postgres.getPort())) {
            var spool = ledger.spool().orElseThrow();
            var shipper =
                    new Shipper(spool, ledger, store, 50, InstantSource.system(), new Random(1));
            for (int i = 0; i < batches && shipper.step().isZero(); i++) {
                assertThat(shipper.failure()).isEmpty();
            }
            return spool.after(SpoolPosition.START, Integer.MAX_VALUE).lines().stream()
                    .map(line -> new String(line.json(), StandardCharsets.UTF_8))
                    .map(line -> line.replaceFirst(".*\"id\":\"r([0-9]+)\".*", "$1"))
                    .map(Integer::valueOf)
                    .toList();
        }
    }

    @Test
    void aBatchThatIsSentAgainIsTakenOnce() throws Exception {
        try (var ledger = open();
                var store = store(postgres.getPort())) {
            record(ledger, 30);
            var spool = ledger.spool().orElseThrow();
            var batch = spool.after(SpoolPosition.START, 20);

            store.take(spool.id(), batch);
            store.take(spool.id(), batch);
            store.take(spool.id(), spool.after(SpoolPosition.START, 30));

            assertThat(count(spool)).isEqualTo(30);
        }
    }

    @Test
    void whatADatabaseCannotHoldDoesNotKeepTheOthersFromIt() throws Exception {
        try (var ledger = open();
                var store = store(postgres.getPort())) {
            record(ledger, 3);
            var spool = ledger.spool().orElseThrow();
            var batch = spool.after(SpoolPosition.START, 3);
            var poison =
                    new Spool.Line(
                            batch.lines().get(1).end(),
                            "{\"at\":\"2026-11-25T10:00:00Z\",\"model\":\"\\u0000\"}"
                                    .getBytes(StandardCharsets.UTF_8));
            var lines = List.of(batch.lines().get(0), poison, batch.lines().get(2));

            store.take(spool.id(), new Spool.Batch(lines, batch.next()));

            assertThat(count(spool)).isEqualTo(2);
            assertThat(store.position(spool.id())).isEqualTo(batch.next());
        }
    }

    @Test
    void columnsAreWhatTheRecordSays() throws Exception {
        try (var ledger = open();
                var store = store(postgres.getPort())) {
            ledger.record(
                    Records.record(
                            "columns",
                            Records.START,
                            "team-a",
                            "auto",
                            Outcome.COMPLETED,
                            List.of(
                                    Records.attempt(
                                            "small",
                                            new Usage(10, 5, 7, 2, true),
                                            "0.000000000123"),
                                    Records.attempt("deep", new Usage(10, 0, 7, 0, false), ""))));
            assertThat(ledger.flush(PATIENCE)).isTrue();
            var spool = ledger.spool().orElseThrow();
            store.take(spool.id(), spool.after(SpoolPosition.START, 10));

            query(
                    "SELECT * FROM pointsman_requests WHERE request_id = 'columns'",
                    row -> {
                        assertThat(row.getTimestamp("received_at").toInstant())
                                .isEqualTo(Records.START);
                        assertThat(row.getString("tenant")).isEqualTo("team-a");
                        assertThat(row.getString("policy")).isEqualTo("0123456789ab");
                        assertThat(row.getLong("prompt_tokens")).isEqualTo(20);
                        assertThat(row.getBoolean("estimated")).isTrue();
                        assertThat(row.getBigDecimal("cost_usd")).isNull();
                    });
            query(
                    "SELECT * FROM pointsman_attempts WHERE request_id = 'columns' AND attempt = 1",
                    row -> {
                        assertThat(row.getString("backend")).isEqualTo("small");
                        assertThat(row.getBigDecimal("cost_usd"))
                                .isEqualByComparingTo(new BigDecimal("0.000000000123"));
                    });
        }
    }

    @Test
    void aDatabaseThatIsNotThereIsSaidWithinSeconds() throws Exception {
        try (var ledger = open();
                var store = store(1)) {
            assertThatThrownBy(() -> store.position(ledger.spool().orElseThrow().id()))
                    .isInstanceOf(StoreException.class);
        }
    }

    @Test
    void shipsFromAThreadOfItsOwn() throws Exception {
        try (var ledger = open()) {
            record(ledger, 100);
            var spool = ledger.spool().orElseThrow();
            var config =
                    new LedgerConfig.Postgres(
                            url(postgres.getPort()), Optional.of("postgres"), Optional.empty(), 30);
            try (var shipper =
                    Shipper.create(
                            spool, ledger, config, Optional.empty(), InstantSource.system())) {
                shipper.start();
                assertThat(shipper.awaitNone(PATIENCE)).isTrue();
            }
            assertThat(count(spool)).isEqualTo(100);
        }
    }

    private static void record(RecordLedger ledger, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            ledger.record(Records.record("x" + i, Records.START, "a", "small"));
        }
        assertThat(ledger.flush(PATIENCE)).isTrue();
    }

    private RecordLedger open() {
        return RecordLedger.open(Records.in(folder), ReasonerPrice.UNKNOWN, InstantSource.system());
    }

    private static PostgresStore store(int port) {
        return new PostgresStore(url(port), Optional.of("postgres"), Optional.empty());
    }

    private static String url(int port) {
        return "jdbc:postgresql://localhost:" + port + "/postgres";
    }

    private static List<String> ids() throws SQLException {
        var ids = new ArrayList<String>();
        query(
                "SELECT request_id FROM pointsman_requests WHERE request_id LIKE 'r%'",
                row -> {
                    do {
                        ids.add(row.getString(1));
                    } while (row.next());
                });
        return ids;
    }

    private static long count(Spool spool) throws SQLException {
        var count = new long[1];
        query(
                "SELECT count(*) FROM pointsman_requests WHERE spool = '" + spool.id() + "'",
                row -> count[0] = row.getLong(1));
        return count[0];
    }

    /// Looks at rows.
    @FunctionalInterface
    private interface Look {
        void at(ResultSet row) throws SQLException;
    }

    private static void query(String sql, Look look) throws SQLException {
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            look.at(rows);
        }
    }
}
