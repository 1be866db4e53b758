package io.pointsman.gateway.ledger;

import io.pointsman.api.Route;
import io.pointsman.gateway.accounting.Attempt;
import io.pointsman.gateway.accounting.Ledger;
import io.pointsman.gateway.accounting.Outcome;
import io.pointsman.gateway.accounting.ReasonerPrice;
import io.pointsman.gateway.accounting.RecordJson;
import io.pointsman.gateway.accounting.RequestRecord;
import io.pointsman.gateway.config.LedgerConfig;
import io.pointsman.gateway.config.LedgerConfig.WhenFull;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps records in a spool, or for the run alone, and sums them up. Thread-safe: who records only
/// puts the record into a queue, and a thread of its own encodes, writes and forces.
///
/// That thread gathers what comes within a few milliseconds, writes it at once, and forces it to
/// the disk as often as the configuration says: so a process that is killed loses what came in the
/// last milliseconds, and a power failure what came since the disk was last forced. While the
/// folder cannot be written, it is tried again each second with nothing lost, as long as the queue
/// has room. While requests come, that thread looks for records by itself: whoever records wakes it
/// only after a pause, since that costs more than all else of recording.
public final class RecordLedger implements Ledger, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("pointsman.spool");

    /// Records that may wait: about 50 MB.
    private static final int CAPACITY = 32_768;

    /// New requests are refused before that, so that those under way find room.
    private static final int REFUSING = CAPACITY * 3 / 4;

    private static final int BATCH = 1_024;
    private static final long GATHERING = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long RETRY = TimeUnit.SECONDS.toNanos(1);
    private static final long TIDYING = TimeUnit.SECONDS.toNanos(10);
    private static final long TELLING = TimeUnit.MINUTES.toNanos(1);
    private static final long CLOSING_SECONDS = 30;

    private final Optional<Spool> spool;
    private final Rollups rollups;
    private final Optional<LedgerLog> log;
    private final ReasonerPrice reasoner;
    private final LedgerConfig config;
    private final InstantSource clock;
    private final Thread writer;

    private final ConcurrentLinkedQueue<Item> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicBoolean idle = new AtomicBoolean();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private volatile boolean closing;
    private volatile @Nullable String failure;
    private volatile SpoolPosition shipped = SpoolPosition.START;

    // All below belongs to the writing thread.
    private final List<Entry> pending = new ArrayList<>();
    private final FrameBuffer frames = new FrameBuffer();
    private final RecordJson json;
    private final List<byte[]> lines = new ArrayList<>();
    private final List<CountDownLatch> marks = new ArrayList<>();
    private boolean unforced;
    private long forced = System.nanoTime();
    private long tidied = System.nanoTime();
    private long told = System.nanoTime() - TELLING;
    private long toldDropped;

    /// What waits for the writing thread.
    private sealed interface Item {

        /// A record to be kept.
        record Kept(RequestRecord request) implements Item {}

        /// A record that is only logged: of a request that was refused because records cannot be
        /// kept.
        record Refused(RequestRecord request) implements Item {}

        /// Whoever waits until all before it would survive a power failure.
        record Mark(CountDownLatch reached) implements Item {}
    }

    private RecordLedger(
            Optional<Spool> spool,
            Rollups rollups,
            LedgerConfig config,
            ReasonerPrice reasoner,
            InstantSource clock) {
        this.spool = spool;
        this.rollups = rollups;
        this.config = config;
        this.json = new RecordJson(frames);
        this.log = config.logged() ? Optional.of(LedgerLog.start()) : Optional.empty();
        this.reasoner = reasoner;
        this.clock = clock;
        this.writer = Thread.ofPlatform().daemon().name("ledger").unstarted(this::write);
    }

    /// Opens the ledger in the folder that `config` names, or one for the run alone, and sums up
    /// what is there.
    ///
    /// @throws InvalidLedger where the folder cannot be used
    public static RecordLedger open(
            LedgerConfig config, ReasonerPrice reasoner, InstantSource clock) {
        return open(config, reasoner, clock, Disk.REAL);
    }

    static RecordLedger open(
            LedgerConfig config, ReasonerPrice reasoner, InstantSource clock, Disk disk) {
        var rollups = new Rollups();
        var limits =
                new Spool.Limits(
                        config.retention(), config.maxSize(), config.postgres().isPresent());
        var spool =
                config.folder()
                        .map(folder -> Spool.open(folder, limits, disk, rollups, clock.instant()));
        var ledger = new RecordLedger(spool, rollups, config, reasoner, clock);
        ledger.writer.start();
        return ledger;
    }

    @Override
    public void record(RequestRecord request) {
        if (request.outcome() == Outcome.LEDGER_FULL) {
            refused.incrementAndGet();
            // The room beyond is for the records of requests under way.
            if (log.isPresent() && !closing && queued.get() < REFUSING) {
                queued.incrementAndGet();
                put(new Item.Refused(request));
            }
        } else if (closing || queued.get() >= CAPACITY) {
            dropped.incrementAndGet();
        } else {
            queued.incrementAndGet();
            put(new Item.Kept(request));
        }
    }

    private void put(Item item) {
        queue.add(item);
        // Only the first one after a pause wakes the writer, which else looks by itself.
        if (idle.get() && idle.compareAndSet(true, false)) {
            LockSupport.unpark(writer);
        }
    }

    @Override
    public boolean accepting() {
        return config.whenFull() == WhenFull.COUNT || (failure == null && queued.get() < REFUSING);
    }

    /// Waits until all that this thread recorded so far would survive a power failure, for as long
    /// as `patience`; whether it would.
    ///
    /// @throws InterruptedException where the thread is interrupted
    public boolean flush(Duration patience) throws InterruptedException {
        var reached = new CountDownLatch(1);
        put(new Item.Mark(reached));
        LockSupport.unpark(writer);
        return reached.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Answers a question about usage.
    public UsageReport usage(UsageQuery query) {
        return rollups.report(query);
    }

    /// The records on the disk; empty where they are kept for the run alone.
    public Optional<Spool> spool() {
        return spool;
    }

    /// Notes that all before `position` was sent on, and may go.
    public void shipped(SpoolPosition position) {
        shipped = position;
    }

    /// How it is doing.
    public Status status() {
        return new Status(
                written.get(),
                queued.get(),
                dropped.get(),
                refused.get(),
                log.map(LedgerLog::dropped).orElse(0L),
                Optional.ofNullable(failure));
    }

    /// How a ledger is doing.
    ///
    /// @param written records since the start
    /// @param queued records that wait to be written
    /// @param dropped records that found no room
    /// @param refused requests turned away because their records could not be written
    /// @param unlogged lines of the log that found no room
    /// @param failure why the folder cannot be written; empty while it can
    public record Status(
            long written,
            int queued,
            long dropped,
            long refused,
            long unlogged,
            Optional<String> failure) {}

    private void write() {
        try {
            var running = true;
            while (running) {
                running = writeNext();
            }
        } finally {
            closeSpool();
            marks.forEach(CountDownLatch::countDown);
        }
    }

    /// Writes what is there; whether more may follow.
    private boolean writeNext() {
        await();
        if (failure != null && unforced) {
            // What is written is to be safe before more is.
            force();
            if (failure != null) {
                return !closing;
            }
        }
        drain();
        log();
        if (!pending.isEmpty()) {
            append();
        }
        if (unforced && (!marks.isEmpty() || closing || forceDue())) {
            force();
        }
        if (!unforced && pending.isEmpty()) {
            marks.forEach(CountDownLatch::countDown);
            marks.clear();
        }
        tidy();
        tell();
        // What a full disk does not take cannot be waited for.
        return !closing || (failure == null && !queue.isEmpty());
    }

    private boolean forceDue() {
        return System.nanoTime() - forced >= config.sync().toNanos();
    }

    /// Waits for records: for those that come within a moment, and where none did, for the next one
    /// and those that come within a moment after it.
    private void await() {
        if (failure != null) {
            pause(RETRY);
        } else if (queued.get() < BATCH) {
            pause(GATHERING);
            if (queue.isEmpty() && sleep()) {
                pause(GATHERING);
            }
        }
    }

    /// Waits until a record wakes this thread, or something is to be done; whether one did.
    private boolean sleep() {
        idle.set(true);
        if (queue.isEmpty() && !closing) {
            LockSupport.parkNanos(this, unforced ? untilForce() : TIDYING);
        }
        idle.set(false);
        return !queue.isEmpty();
    }

    private long untilForce() {
        return Math.max(1, config.sync().toNanos() - (System.nanoTime() - forced));
    }

    private void pause(long nanos) {
        if (!closing) {
            LockSupport.parkNanos(this, nanos);
        }
    }

    private void drain() {
        while (pending.size() < BATCH) {
            switch (queue.poll()) {
                case null -> {
                    return;
                }
                case Item.Kept(var request) -> keep(request);
                case Item.Refused(var request) -> {
                    queued.decrementAndGet();
                    frame(request, reasonerCost(request));
                    frames.drop();
                }
                case Item.Mark(var reached) -> {
                    marks.add(reached);
                    return;
                }
            }
        }
    }

    private void keep(RequestRecord request) {
        try {
            var reasonerCost = reasonerCost(request);
            var entry = entry(request, reasonerCost);
            if (spool.isPresent()) {
                frame(request, reasonerCost);
                frames.end();
            } else if (log.isPresent()) {
                frame(request, reasonerCost);
                frames.drop();
            }
            pending.add(entry);
        } catch (RuntimeException e) {
            frames.drop();
            queued.decrementAndGet();
            dropped.incrementAndGet();
            LOG.error("the record of {} cannot be written", request.id(), e);
        }
    }

    /// Begins a frame with the line of `request`, which is logged where that is wanted.
    private void frame(RequestRecord request, @Nullable BigDecimal reasonerCost) {
        frames.begin();
        json.write(request, reasonerCost);
        if (log.isPresent()) {
            lines.add(frames.json());
        }
    }

    private void log() {
        log.ifPresent(it -> it.write(lines));
        lines.clear();
    }

    private @Nullable BigDecimal reasonerCost(RequestRecord request) {
        return reasoner.cost(request).orElse(null);
    }

    private static Entry entry(RequestRecord request, @Nullable BigDecimal reasonerCost) {
        return new Entry(
                request.receivedAt(),
                request.tenant(),
                request.model(),
                request.route().map(Route::pool),
                request.outcome().label(),
                request.usage().estimated(),
                request.cost(),
                Optional.ofNullable(reasonerCost),
                calls(request.attempts()));
    }

    private static List<Entry.Call> calls(List<Attempt> attempts) {
        var calls = new ArrayList<Entry.Call>(attempts.size());
        for (var attempt : attempts) {
            calls.add(call(attempt));
        }
        return calls;
    }

    private static Entry.Call call(Attempt attempt) {
        var usage = attempt.usage();
        return new Entry.Call(
                attempt.backend(),
                usage.promptTokens(),
                usage.cachedTokens(),
                usage.completionTokens(),
                usage.reasoningTokens(),
                attempt.cost());
    }

    private void append() {
        try {
            if (spool.isPresent()) {
                spool.get().append(frames.bytes(), pending, clock.instant());
                unforced = true;
            } else {
                pending.forEach(rollups::add);
            }
            written.addAndGet(pending.size());
            queued.addAndGet(-pending.size());
            pending.clear();
            frames.reset();
            works();
        } catch (IOException e) {
            fails(e);
        }
    }

    private void force() {
        try {
            if (spool.isPresent()) {
                spool.get().force();
            }
            unforced = false;
            forced = System.nanoTime();
            if (pending.isEmpty()) {
                works();
            }
        } catch (IOException e) {
            fails(e);
        }
    }

    private void tidy() {
        var due = failure == null && System.nanoTime() - tidied >= TIDYING;
        // What failed was the tidying itself.
        var again = failure != null && pending.isEmpty() && !unforced;
        if (!due && !again) {
            return;
        }
        tidied = System.nanoTime();
        try {
            if (spool.isPresent()) {
                spool.get().tidy(clock.instant(), shipped);
            } else {
                rollups.forgetBefore(clock.instant().minus(config.retention()));
            }
            works();
        } catch (IOException e) {
            fails(e);
        }
    }

    private void fails(IOException e) {
        var message =
                "the ledger's folder %s cannot be written: %s"
                        .formatted(
                                config.folder().map(Object::toString).orElse(""),
                                InvalidLedger.words(e));
        if (failure == null) {
            LOG.error(
                    "{}. {}; it is tried again each second",
                    message,
                    switch (config.whenFull()) {
                        case COUNT ->
                                "Requests go on, and records that find no room in memory are counted and dropped";
                        case REFUSE -> "New requests are refused (ledger.when-full)";
                    });
        }
        failure = message;
    }

    private void works() {
        if (failure != null) {
            LOG.warn("the ledger's folder is written again");
            failure = null;
        }
    }

    private void tell() {
        var now = dropped.get();
        if (now > toldDropped && System.nanoTime() - told >= TELLING) {
            LOG.error("{} records were dropped, {} since the start", now - toldDropped, now);
            told = System.nanoTime();
            toldDropped = now;
        }
    }

    private void closeSpool() {
        try {
            if (spool.isPresent()) {
                spool.get().close();
            }
        } catch (IOException e) {
            LOG.error("the ledger's folder cannot be closed", e);
        }
    }

    /// Writes and logs what is left, and lets go of the folder.
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(writer);
        try {
            writer.join(Duration.ofSeconds(CLOSING_SECONDS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        log.ifPresent(LedgerLog::close);
    }
}
