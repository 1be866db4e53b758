package io.pointsman.gateway.ledger;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes records as lines of JSON to the logger `pointsman.ledger`, on a thread of its own: where
/// the log goes to may be slow or stand still, and neither the requests nor the ledger's folder
/// wait for that. Lines that find no room are dropped and counted; their records are not.
/// Thread-safe.
final class LedgerLog implements AutoCloseable {

    private static final Logger LINES = LoggerFactory.getLogger("pointsman.ledger");
    private static final Logger LOG = LoggerFactory.getLogger("pointsman.spool");

    /// Lines that may wait: about 12 MB.
    private static final int CAPACITY = 16_384;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// Nothing comes after it.
    private static final List<byte[]> END = List.of();

    private final LinkedBlockingQueue<List<byte[]>> batches = new LinkedBlockingQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;

    private LedgerLog() {
        writer = Thread.ofPlatform().daemon().name("ledger-log").unstarted(this::write);
    }

    /// Starts to wait for lines.
    static LedgerLog start() {
        var log = new LedgerLog();
        log.writer.start();
        return log;
    }

    /// Has `lines` written, in order and after all before; drops them where too many wait.
    void write(List<byte[]> lines) {
        if (lines.isEmpty() || !LINES.isInfoEnabled()) {
            return;
        }
        if (waiting.get() + lines.size() > CAPACITY) {
            dropped.addAndGet(lines.size());
            return;
        }
        waiting.addAndGet(lines.size());
        batches.add(List.copyOf(lines));
    }

    /// How many lines were dropped.
    long dropped() {
        return dropped.get();
    }

    private void write() {
        long told = 0;
        try {
            for (var lines = batches.take(); !lines.isEmpty(); lines = batches.take()) {
                log(lines);
                waiting.addAndGet(-lines.size());
                long now = dropped.get();
                if (now > told && batches.isEmpty()) {
                    LOG.warn(
                            "the log is too slow: {} lines of pointsman.ledger were dropped, {} since the start; no record of the ledger is lost",
                            now - told,
                            now);
                    told = now;
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void log(List<byte[]> lines) {
        var flushing = Flushing.hold(LINES);
        try {
            for (var line : lines.subList(0, lines.size() - 1)) {
                log(line);
            }
        } finally {
            flushing.release();
        }
        log(lines.getLast());
    }

    private static void log(byte[] line) {
        LINES.info(new String(line, StandardCharsets.UTF_8));
    }

    /// Waits a while for what is left to be written.
    @Override
    public void close() {
        batches.add(END);
        try {
            writer.join(PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
