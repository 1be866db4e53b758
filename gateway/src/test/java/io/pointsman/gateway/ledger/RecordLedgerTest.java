package io.pointsman.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.BackendLoad;
import io.pointsman.api.Candidate;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Price;
import io.pointsman.api.RequestId;
import io.pointsman.api.Usage;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Attempt;
import io.pointsman.gateway.accounting.Outcome;
import io.pointsman.gateway.accounting.ReasonerPrice;
import io.pointsman.gateway.config.LedgerConfig;
import io.pointsman.gateway.config.LedgerConfig.WhenFull;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordLedgerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir private Path folder;

    private final AtomicBoolean full = new AtomicBoolean();
    private final AtomicBoolean forgetful = new AtomicBoolean();

    static IntStream seeds() {
        return IntStream.range(0, 20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void t12_oneRecordARequestWhateverEndsItAndInWhateverOrder(int seed) throws Exception {
        var random = new Random(seed);
        try (var ledger = open(WhenFull.COUNT)) {
            for (int request = 0; request < 50; request++) {
                var account =
                        new Account(
                                new RequestId("r" + request),
                                ledger,
                                System::nanoTime,
                                Records.START);
                var ends = new ArrayList<Runnable>();
                ends.add(() -> account.settle(Outcome.COMPLETED));
                ends.add(() -> account.settle(Outcome.CANCELLED));
                ends.add(() -> account.settle(Outcome.UPSTREAM_BROKEN));
                Collections.shuffle(ends, random);
                var attempt =
                        account.attempt(
                                        new Candidate(
                                                "fast",
                                                new BackendDescriptor(
                                                        "small", "m", 1024, Optional.empty()),
                                                BackendLoad.IDLE))
                                .orElseThrow();
                if (random.nextBoolean()) {
                    attempt.observe(
                            new ChatEvent.Finished(
                                    FinishReason.STOP, new Usage(10, 0, 5, 0, false)));
                }
                atOnce(ends.subList(0, 1 + random.nextInt(3)));
            }
            assertThat(ledger.flush(PATIENCE)).isTrue();
            assertThat(requests(ledger)).isEqualTo(50);
            assertThat(ids(ledger)).hasSize(50).doesNotHaveDuplicates();
        }
    }

    private static void atOnce(List<Runnable> ends) throws InterruptedException {
        var start = new CountDownLatch(1);
        var threads =
                ends.stream()
                        .map(end ->
                                Thread.ofVirtual()
                                        .start(() -> {
                                            try {
                                                start.await();
                                                end.run();
                                            } catch (InterruptedException e) {
                                                Thread.currentThread().interrupt();
                                            }
                                        }))
                        .toList();
        start.countDown();
        for (var thread : threads) {
            thread.join();
        }
    }

    @Test
    void t13_aMissingPriceIsNoCostInTheSpoolAndInTheSums() throws InterruptedException {
        try (var ledger = open(WhenFull.COUNT)) {
            ledger.record(
                    Records.record(
                            "priced",
                            Records.START,
                            "a",
                            "auto",
                            Outcome.COMPLETED,
                            List.of(attempt("free", "0"))));
            ledger.record(
                    Records.record(
                            "unpriced",
                            Records.START,
                            "a",
                            "auto",
                            Outcome.COMPLETED,
                            List.of(attempt("dear", ""))));
            assertThat(ledger.flush(PATIENCE)).isTrue();

            var csv = UsageFormat.CSV.write(ledger.usage(query(UsageQuery.Dimension.BACKEND)));
            assertThat(csv.lines().toList())
                    .contains(
                            "dear,1,1,0,0,0,1,100,0,20,0,,1,0,,,",
                            "free,1,1,0,0,0,1,100,0,20,0,0,0,0,,,");
            assertThat(lines(ledger))
                    .anySatisfy(line -> assertThat(line).contains("\"cost_usd\":null"));
        }
    }

    @Test
    void whatWasRecordedIsThereAfterARestart() throws InterruptedException {
        try (var ledger = open(WhenFull.COUNT)) {
            for (int i = 0; i < 3_000; i++) {
                ledger.record(Records.record("r" + i, Records.START, "a", "small"));
            }
        }
        try (var ledger = open(WhenFull.COUNT)) {
            assertThat(requests(ledger)).isEqualTo(3_000);
            ledger.record(Records.record("one-more", Records.START, "a", "small"));
            assertThat(ledger.flush(PATIENCE)).isTrue();
            assertThat(requests(ledger)).isEqualTo(3_001);
        }
    }

    @Test
    void aFullDiskRefusesRequestsWhereTheOperatorWantsThatAndLosesNothing() throws Exception {
        try (var ledger = open(WhenFull.REFUSE)) {
            full.set(true);
            for (int i = 0; i < 100; i++) {
                ledger.record(Records.record("r" + i, Records.START, "a", "small"));
            }
            assertThat(ledger.flush(Duration.ofMillis(200))).isFalse();
            assertThat(ledger.accepting()).isFalse();
            assertThat(ledger.status().failure())
                    .hasValueSatisfying(it -> assertThat(it).contains("No space left on device"));

            full.set(false);
            assertThat(ledger.flush(PATIENCE)).isTrue();
            assertThat(ledger.accepting()).isTrue();
            assertThat(requests(ledger)).isEqualTo(100);
            assertThat(ids(ledger)).hasSize(100).doesNotHaveDuplicates();
        }
    }

    @Test
    void aFullDiskCountsWhatItDropsWhereTheOperatorWantsThat() throws Exception {
        try (var ledger = open(WhenFull.COUNT)) {
            full.set(true);
            ledger.record(Records.record("first", Records.START, "a", "small"));
            assertThat(ledger.flush(Duration.ofMillis(200))).isFalse();
            for (int i = 0; i < 40_000; i++) {
                ledger.record(Records.record("r" + i, Records.START, "a", "small"));
            }
            assertThat(ledger.accepting()).isTrue();
            var dropped = ledger.status().dropped();
            assertThat(dropped).isPositive();

            full.set(false);
            assertThat(ledger.flush(PATIENCE)).isTrue();
            assertThat(requests(ledger)).isEqualTo(40_001 - dropped);
            assertThat(ids(ledger)).doesNotHaveDuplicates();
        }
    }

    @Test
    void whatADiskFailedToKeepIsWrittenAgain() throws Exception {
        try (var ledger = open(WhenFull.REFUSE)) {
            ledger.record(Records.record("first", Records.START, "a", "small"));
            assertThat(ledger.flush(PATIENCE)).isTrue();
            forgetful.set(true);
            for (int i = 0; i < 50; i++) {
                ledger.record(Records.record("r" + i, Records.START, "a", "small"));
            }
            assertThat(ledger.flush(Duration.ofMillis(200))).isFalse();
            assertThat(ledger.accepting()).isFalse();

            forgetful.set(false);
            assertThat(ledger.flush(PATIENCE)).isTrue();
            assertThat(ids(ledger)).hasSize(51).doesNotHaveDuplicates();
            assertThat(requests(ledger)).isEqualTo(51);
        }
        try (var ledger = open(WhenFull.REFUSE)) {
            assertThat(ids(ledger)).hasSize(51).doesNotHaveDuplicates();
        }
    }

    @Test
    void aRefusedRequestIsCountedAndNotRecorded() throws InterruptedException {
        try (var ledger = open(WhenFull.REFUSE)) {
            ledger.record(
                    Records.record(
                            "r", Records.START, "a", "auto", Outcome.LEDGER_FULL, List.of()));
            assertThat(ledger.flush(PATIENCE)).isTrue();

            assertThat(ledger.status().refused()).isEqualTo(1);
            assertThat(requests(ledger)).isZero();
        }
    }

    @Test
    void withoutAFolderSumsAreKeptForTheRun() throws InterruptedException {
        try (var ledger =
                RecordLedger.open(
                        LedgerConfig.DEFAULT, ReasonerPrice.UNKNOWN, () -> Records.START)) {
            ledger.record(Records.record("r", Records.START, "a", "small"));
            assertThat(ledger.flush(PATIENCE)).isTrue();

            assertThat(requests(ledger)).isEqualTo(1);
            assertThat(ledger.spool()).isEmpty();
        }
    }

    @Test
    void t56_junkModelNamesAreOneRow() throws InterruptedException {
        try (var ledger = open(WhenFull.COUNT)) {
            for (int i = 0; i < 10_000; i++) {
                ledger.record(
                        Records.record(
                                "r" + i,
                                Records.START,
                                "a",
                                "=junk\n" + i,
                                Outcome.UNKNOWN_MODEL,
                                List.of()));
            }
            assertThat(ledger.flush(PATIENCE)).isTrue();

            var report = ledger.usage(query(UsageQuery.Dimension.MODEL));
            assertThat(report.rows())
                    .extracting(UsageReport.Row::key)
                    .containsExactly(List.of("other"));
            assertThat(report.total().failed()).isEqualTo(10_000);
        }
    }

    @Test
    void saysWhatAllWouldHaveCostOnTheReasoner() throws InterruptedException {
        var price = new Price(new BigDecimal("1"), new BigDecimal("1"), new BigDecimal("10"));
        var reasoner = new ReasonerPrice(Optional.of(price), Set.of("deep"));
        try (var ledger = RecordLedger.open(Records.in(folder), reasoner, () -> Records.START)) {
            // 100 tokens of prompt and 20 of completion: $0.0003 on the reasoner.
            ledger.record(
                    Records.record(
                            "r",
                            Records.START,
                            "a",
                            "auto",
                            Outcome.COMPLETED,
                            List.of(attempt("small", "0.00003"))));
            assertThat(ledger.flush(PATIENCE)).isTrue();

            assertThat(UsageFormat.CSV.write(ledger.usage(query())).lines().toList())
                    .last()
                    .isEqualTo("1,1,0,0,0,1,100,0,20,0,0.00003,0,1,0.00003,0.0003,90");
        }
    }

    private static Attempt attempt(String backend, String cost) {
        return Records.attempt(backend, new Usage(100, 0, 20, 0, false), cost);
    }

    private RecordLedger open(WhenFull whenFull) {
        return RecordLedger.open(
                Records.config(folder, whenFull, Duration.ofDays(90), 10L << 30),
                ReasonerPrice.UNKNOWN,
                () -> Records.START,
                file -> new Filling(Disk.REAL.open(file)));
    }

    /// A disk that may be full.
    private final class Filling implements Disk.Sink {

        private final Disk.Sink real;
        private long kept;
        private long end;

        private Filling(Disk.Sink real) {
            this.real = real;
        }

        @Override
        public void write(ByteBuffer bytes, long at) throws IOException {
            if (full.get()) {
                // A part of it still finds room.
                real.write(bytes.slice(0, bytes.remaining() / 2), at);
                throw new IOException("No space left on device");
            }
            end = at + bytes.remaining();
            real.write(bytes, at);
        }

        @Override
        public void truncate(long size) throws IOException {
            real.truncate(size);
        }

        @Override
        public void force() throws IOException {
            if (forgetful.get()) {
                // As an operating system that drops what it could not write.
                real.write(ByteBuffer.allocate((int) (end - kept)), kept);
                throw new IOException("Input/output error");
            }
            real.force();
            kept = end;
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }

    private static UsageQuery query(UsageQuery.Dimension... by) {
        return new UsageQuery(List.of(by), Records.START, Records.START.plus(Duration.ofDays(1)));
    }

    private static long requests(RecordLedger ledger) {
        return ledger.usage(query()).total().requests();
    }

    private static List<String> lines(RecordLedger ledger) {
        try {
            return ledger
                    .spool()
                    .orElseThrow()
                    .after(SpoolPosition.START, Integer.MAX_VALUE)
                    .lines()
                    .stream()
                    .map(line -> new String(line.json(), StandardCharsets.UTF_8))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> ids(RecordLedger ledger) {
        return lines(ledger).stream()
                .map(line -> line.replaceFirst(".*\"id\":\"([^\"]+)\".*", "$1"))
                .toList();
    }
}
