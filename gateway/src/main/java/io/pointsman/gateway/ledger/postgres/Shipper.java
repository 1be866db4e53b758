package io.pointsman.gateway.ledger.postgres;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.pointsman.gateway.config.LedgerConfig;
import io.pointsman.gateway.ledger.RecordLedger;
import io.pointsman.gateway.ledger.Spool;
import io.pointsman.gateway.ledger.SpoolPosition;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends the records of a spool on to a store, in order and in batches, each exactly once. A thread
/// of its own does; what it tells may be asked by any.
///
/// Only records that would survive a power failure are sent, so that a position never lies behind
/// the spool's end. While the store fails it is asked again after a pause that doubles up to a
/// minute and varies by chance; nobody waits for it meanwhile.
public final class Shipper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("pointsman.spool");

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /// Between two looks while there is nothing to send.
    private static final Duration LOOK = Duration.ofSeconds(1);

    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final Spool spool;
    private final RecordLedger ledger;
    private final RecordStore store;
    private final int batch;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Thread thread;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private volatile boolean closing;

    // What is told.
    private volatile SpoolPosition told = SpoolPosition.START;
    private volatile long before;
    private volatile @Nullable Instant waitingSince;
    private volatile @Nullable String failure;

    // All below belongs to the shipping thread.
    private @Nullable SpoolPosition position;
    private Duration pause = SHORTEST_PAUSE;

    Shipper(
            Spool spool,
            RecordLedger ledger,
            RecordStore store,
            int batch,
            InstantSource clock,
            RandomGenerator random) {
        this.spool = spool;
        this.ledger = ledger;
        this.store = store;
        this.batch = batch;
        this.clock = clock;
        this.random = random;
        this.thread = Thread.ofPlatform().daemon().name("ledger-postgres").unstarted(this::run);
    }

    /// Starts to send the records of `ledger` to the database that `config` names. Does not wait
    /// for it, nor need it be there.
    ///
    /// @param password of the database's user
    public static Shipper start(
            Spool spool,
            RecordLedger ledger,
            LedgerConfig.Postgres config,
            Optional<String> password,
            InstantSource clock) {
        var shipper =
                new Shipper(
                        spool,
                        ledger,
                        new PostgresStore(config.url(), config.user(), password),
                        config.batch(),
                        clock,
                        RandomGenerator.getDefault());
        shipper.thread.start();
        return shipper;
    }

    private void run() {
        try (store) {
            while (!closing) {
                var wait = step();
                if (!wait.isZero()) {
                    Thread.sleep(wait);
                }
            }
        } catch (InterruptedException _) {
            // It was told to end.
        }
    }

    /// Sends what is there, one batch at most; how long to wait before the next step.
    Duration step() {
        try {
            var from = position;
            if (from == null) {
                from = store.position(spool.id());
                moveTo(from, spool.recordsBefore(from));
            }
            var next = spool.after(from, batch);
            if (next.lines().isEmpty()) {
                waitingSince = null;
                works();
                caughtUp.countDown();
                return LOOK;
            }
            if (waitingSince == null) {
                waitingSince = clock.instant();
            }
            store.take(spool.id(), next);
            moveTo(next.next(), shippedOf(next));
            works();
            waitingSince = next.lines().size() < batch ? null : clock.instant();
            return Duration.ZERO;
        } catch (StoreException | IOException e) {
            return fails(e);
        }
    }

    /// How many records of the segment that `sent` ends in are sent.
    private long shippedOf(Spool.Batch sent) {
        var segment = sent.next().segment();
        var count = sent.lines().stream().filter(line -> line.end().segment() == segment).count();
        return (told.segment() == segment ? before : 0) + count;
    }

    private void moveTo(SpoolPosition to, long recordsBefore) {
        position = to;
        before = recordsBefore;
        told = to;
        ledger.shipped(to);
    }

    private void works() {
        if (failure != null) {
            LOG.warn("the ledger's database answers again; {} records are on their way", lag());
        }
        failure = null;
        pause = SHORTEST_PAUSE;
    }

    private Duration fails(Exception e) {
        if (failure == null) {
            LOG.error(
                    "the ledger's database does not take records: {}. They stay in the spool and follow when it does",
                    e.getMessage());
        }
        failure = String.valueOf(e.getMessage());
        if (waitingSince == null) {
            waitingSince = clock.instant();
        }
        var half = pause.toMillis() / 2;
        var wait = Duration.ofMillis(half + random.nextLong(half + 1));
        var doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        return wait;
    }

    /// Waits until the database has had all once, for as long as `patience`; whether it has.
    ///
    /// @throws InterruptedException where the thread is interrupted
    boolean awaitNone(Duration patience) throws InterruptedException {
        return caughtUp.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Records that the database does not have yet.
    public long lag() {
        return spool.recordsAfter(told, before);
    }

    /// How long records have been waiting; zero while none do.
    public Duration lagTime() {
        var since = waitingSince;
        return since == null ? Duration.ZERO : Duration.between(since, clock.instant());
    }

    /// Why the database takes nothing; empty while it does.
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /// Registers how far behind it is in `registry`.
    public void register(MeterRegistry registry) {
        Gauge.builder("pointsman.ledger.unshipped", this, Shipper::lag)
                .description("Records that the database does not have yet")
                .register(registry);
        Gauge.builder(
                        "pointsman.ledger.unshipped.seconds",
                        this,
                        it -> it.lagTime().toMillis() / 1e3)
                .description("For how long records have been waiting for the database")
                .register(registry);
    }

    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(CLOSING);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
