package io.pointsman.gateway.ledger.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.gateway.accounting.ReasonerPrice;
import io.pointsman.gateway.ledger.RecordLedger;
import io.pointsman.gateway.ledger.Records;
import io.pointsman.gateway.ledger.Spool;
import io.pointsman.gateway.ledger.SpoolPosition;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShipperTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir private Path folder;

    private final FakeStore store = new FakeStore();
    private Instant now = Records.START;

    @Test
    void aDatabaseThatIsDownForAnHourLosesNothingAndSlowsNobody() throws InterruptedException {
        try (var ledger = open()) {
            var shipper = shipper(ledger);
            store.down.set(true);
            var end = now.plus(Duration.ofHours(1));
            var asked = 0;
            var recorded = 0;
            while (now.isBefore(end)) {
                ledger.record(Records.record("r" + recorded++, now, "a", "small"));
                var wait = shipper.step();
                asked++;
                assertThat(wait).isBetween(Duration.ofMillis(500), Duration.ofMinutes(1));
                now = now.plus(wait);
            }
            // Pauses double up to a minute.
            assertThat(asked).isBetween(60, 140);
            assertThat(ledger.flush(PATIENCE)).isTrue();
            assertThat(shipper.lag()).isEqualTo(recorded);
            assertThat(shipper.lagTime()).isGreaterThan(Duration.ofMinutes(59));
            assertThat(shipper.failure()).isPresent();

            store.down.set(false);
            while (shipper.step().isZero()) {
                now = now.plusMillis(1);
            }
            assertThat(store.ids).hasSize(recorded).doesNotHaveDuplicates();
            assertThat(shipper.lag()).isZero();
            assertThat(shipper.lagTime()).isZero();
            assertThat(shipper.failure()).isEmpty();
        }
    }

    @Test
    void goesOnWhereTheStoreSaysItIs() throws InterruptedException {
        try (var ledger = open()) {
            for (int i = 0; i < 25; i++) {
                ledger.record(Records.record("r" + i, now, "a", "small"));
            }
            assertThat(ledger.flush(PATIENCE)).isTrue();
            var first = shipper(ledger);
            assertThat(first.step()).isZero();
            assertThat(first.lag()).isEqualTo(15);

            var second = shipper(ledger);
            assertThat(second.step()).isZero();
            assertThat(second.lag()).isEqualTo(5);
            assertThat(second.step()).isZero();
            assertThat(second.step()).isPositive();
            assertThat(store.ids).hasSize(25).doesNotHaveDuplicates();
        }
    }

    private RecordLedger open() {
        return RecordLedger.open(Records.in(folder), ReasonerPrice.UNKNOWN, () -> now);
    }

    private Shipper shipper(RecordLedger ledger) {
        return new Shipper(
                ledger.spool().orElseThrow(), ledger, store, 10, () -> now, new Random(1));
    }

    /// A store in memory that may be down.
    private static final class FakeStore implements RecordStore {

        private final AtomicBoolean down = new AtomicBoolean();
        private final List<SpoolPosition> ids = new ArrayList<>();
        private SpoolPosition position = SpoolPosition.START;

        @Override
        public SpoolPosition position(UUID spool) {
            check();
            return position;
        }

        @Override
        public void take(UUID spool, Spool.Batch batch) {
            check();
            batch.lines().forEach(line -> ids.add(line.end()));
            position = batch.next();
        }

        private void check() {
            if (down.get()) {
                throw new StoreException("connection refused", new IllegalStateException());
            }
        }

        @Override
        public void close() {}
    }
}
