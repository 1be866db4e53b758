package io.pointsman.classifier.memory;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Keeps outcomes over restarts: a file that grows by a record for each, see [LogFormat]. Safe for
/// use by many threads; a thread of its own writes.
///
/// A record is handed to the operating system at once, so that a killed process loses next to
/// nothing, and to the disk about once a second and at the end. While the disk fails, outcomes are
/// counted and let go; as soon as it works again, and at the end, the file is written anew from
/// what the memory holds. That is also done when most of its records have been replaced or
/// forgotten: to a file beside it, which then takes its place in one step. A file named after it,
/// `.lock` at its end, says that a process uses it.
public final class OutcomeLog implements AutoCloseable {

    private static final int QUEUE = 8_192;
    private static final int BATCH = 1_024;
    private static final int BUFFER = 1 << 16;

    /// A log of fewer records is never too long.
    private static final int SHORT = 256;

    private static final long PATIENCE_MILLIS = 100;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /// After a rewriting failed, the next is tried that much later.
    private static final long PAUSE = TimeUnit.MINUTES.toNanos(1);

    private static final long CLOSING_SECONDS = 30;

    private final Path file;
    private final Disk disk;
    private final Source source;
    private final FileChannel lock;
    private final long cutOff;

    /// What is to be written; an empty one says that nothing follows.
    private final BlockingQueue<Optional<RememberedOutcome>> queue =
            new ArrayBlockingQueue<>(QUEUE);

    private final AtomicBoolean closed = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong unsaved = new AtomicLong();
    private volatile @Nullable String failure;

    // All below belongs to the writing thread once it has started.
    private Disk.Sink sink;
    private long end;

    /// Whether there may be part of a record behind the end.
    private boolean torn;

    /// How many records the disk may not have yet, and when it last had all.
    private int unforced;

    private long forced;
    private boolean rewritingFailed;
    private long rewritten;

    /// What a log is read into, and written anew from.
    interface Source {

        /// Takes an outcome that the file holds.
        void replay(RememberedOutcome outcome);

        /// How many outcomes there are.
        int count();

        /// All outcomes, by when they were learned. Called by the writing thread.
        List<RememberedOutcome> outcomes();
    }

    /// How a log is doing.
    ///
    /// @param records how many the file holds, those that were replaced or forgotten included
    /// @param unsaved how many outcomes are in memory only, since the disk failed
    /// @param cutOff how many bytes of a record that was not written whole were dropped at the
    ///   start
    /// @param failure why the disk fails; empty while it works
    public record Status(long records, long unsaved, long cutOff, Optional<String> failure) {}

    private OutcomeLog(Path file, Disk disk, Source source, FileChannel lock) throws IOException {
        this.file = file;
        this.disk = disk;
        this.source = source;
        this.lock = lock;
        var extent =
                Files.exists(file) ? LogReader.read(file, source::replay) : LogReader.Extent.NONE;
        this.cutOff = extent.torn();
        if (extent.end() == 0) {
            var fresh = write(List.of());
            this.sink = fresh.sink;
            this.end = fresh.end;
            return;
        }
        this.sink = disk.open(file);
        this.end = extent.end();
        this.records.set(extent.records());
        if (extent.torn() > 0) {
            sink.truncate(end);
        }
    }

    /// Opens the log in `file` and replays it; where there is none, it is created, its folder
    /// included.
    ///
    /// @throws InvalidMemory where it cannot be used
    static OutcomeLog open(Path file, Disk disk, Source source) {
        var path = file.toAbsolutePath();
        try {
            // Behind a link, so that all names of a file have one lock, and a link stays one.
            if (Files.exists(path)) {
                path = path.toRealPath();
                requireFile(path);
            }
            Files.createDirectories(path.resolveSibling(""));
            var lock = lock(path);
            try {
                var log = new OutcomeLog(path, disk, source, lock);
                log.start();
                return log;
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new InvalidMemory(
                    "the outcome memory %s cannot be opened: %s. Give it a folder that can be read and written, or another file"
                            .formatted(path, e));
        }
    }

    /// What takes the place of a device or a folder would destroy it.
    private static void requireFile(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new InvalidMemory(
                    "the outcome memory %s is a folder or a device. Name a file, in a folder that can be read and written"
                            .formatted(path));
        }
    }

    private static FileChannel lock(Path file) throws IOException {
        var channel = Disk.ChannelSink.openChannel(beside(file, ".lock"));
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException _) {
            // This process holds it: the same as another does.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new InvalidMemory(
                "the outcome memory %s is in use by another process. Stop that one, or give each its own file"
                        .formatted(file));
    }

    private static Path beside(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    /// The outcomes in `file`, by when they were last written, those included that the memory has
    /// forgotten since the file was last written anew. Another process may be writing to it.
    ///
    /// @throws InvalidMemory where there is no file, or none that can be used
    public static List<RememberedOutcome> read(Path file) {
        record Key(String tenant, long prompt, long id) {}
        var newest = new LinkedHashMap<Key, RememberedOutcome>();
        try {
            LogReader.read(
                    file,
                    outcome ->
                            newest.putLast(
                                    new Key(outcome.tenant(), outcome.trace().hash(), outcome.id()),
                                    outcome));
        } catch (NoSuchFileException _) {
            throw new InvalidMemory("there is no outcome memory " + file);
        } catch (IOException e) {
            throw new InvalidMemory("the outcome memory %s cannot be read: %s".formatted(file, e));
        }
        return List.copyOf(newest.values());
    }

    /// Keeps `outcome`. Waits at most a moment, and not at all while the disk fails.
    void append(RememberedOutcome outcome) {
        if (!closed.get() && !offered(Optional.of(outcome))) {
            unsaved.incrementAndGet();
        }
    }

    private boolean offered(Optional<RememberedOutcome> outcome) {
        if (queue.offer(outcome)) {
            return true;
        }
        try {
            return failure == null && queue.offer(outcome, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// How it is doing.
    public Status status() {
        return new Status(records.get(), unsaved.get(), cutOff, Optional.ofNullable(failure));
    }

    /// Writes what is left, and lets go of the file.
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            if (queue.offer(Optional.empty(), CLOSING_SECONDS, TimeUnit.SECONDS)) {
                ended.await(CLOSING_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void start() {
        Thread.ofPlatform().daemon().name("outcome-log").start(this::write);
    }

    private void write() {
        try {
            boolean open = true;
            while (open) {
                open = writeNext();
            }
        } finally {
            closeQuietly(sink);
            closeQuietly(lock);
            ended.countDown();
        }
    }

    /// Writes what comes within a second; whether more may follow.
    private boolean writeNext() {
        var batch = new ArrayList<RememberedOutcome>();
        boolean open = next(batch);
        append(batch);
        if (unforced > 0 && (!open || System.nanoTime() - forced >= SECOND)) {
            force();
        }
        if (rewritingDue(open)) {
            rewrite();
        }
        return open;
    }

    /// Waits about a second for outcomes, and moves them to `batch`; whether more may follow.
    private boolean next(List<RememberedOutcome> batch) {
        try {
            var next = queue.poll(SECOND, TimeUnit.NANOSECONDS);
            while (next != null && next.isPresent()) {
                batch.add(next.get());
                next = batch.size() < BATCH ? queue.poll() : null;
            }
            return next == null;
        } catch (InterruptedException _) {
            return false;
        }
    }

    private void append(List<RememberedOutcome> batch) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            if (torn) {
                sink.truncate(end);
                torn = false;
            }
            var bytes = new ByteArrayOutputStream();
            for (var outcome : batch) {
                bytes.writeBytes(LogFormat.record(outcome));
            }
            torn = true;
            sink.write(ByteBuffer.wrap(bytes.toByteArray()), end);
            torn = false;
            end += bytes.size();
            records.addAndGet(batch.size());
            unforced += batch.size();
            failure = null;
        } catch (IOException | RuntimeException e) {
            unsaved.addAndGet(batch.size());
            failure = message(e);
        }
    }

    private void force() {
        try {
            sink.force();
            forced = System.nanoTime();
        } catch (IOException e) {
            // The operating system may have let go of all that it had not written yet.
            unsaved.addAndGet(unforced);
            failure = message(e);
        }
        unforced = 0;
    }

    private boolean rewritingDue(boolean open) {
        long count = records.get();
        boolean wanted = unsaved.get() > 0 || (count > SHORT && count > 2L * source.count());
        return wanted && (!open || !rewritingFailed || System.nanoTime() - rewritten >= PAUSE);
    }

    private void rewrite() {
        rewritten = System.nanoTime();
        // What is let go from here on may not be among what is written.
        long covered = unsaved.get();
        try {
            var outcomes = source.outcomes();
            var fresh = write(outcomes);
            closeQuietly(sink);
            sink = fresh.sink;
            end = fresh.end;
            torn = false;
            unforced = 0;
            records.set(outcomes.size());
            unsaved.addAndGet(-covered);
            failure = null;
            rewritingFailed = false;
        } catch (IOException | RuntimeException e) {
            failure = message(e);
            rewritingFailed = true;
        }
    }

    /// A log that was written whole and has taken the file's place.
    private record Fresh(Disk.Sink sink, long end) {}

    private Fresh write(List<RememberedOutcome> outcomes) throws IOException {
        var part = beside(file, ".new");
        var to = disk.open(part);
        try {
            to.truncate(0);
            long size = write(outcomes, to);
            to.force();
            Files.move(
                    part,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            forceFolder();
            return new Fresh(to, size);
        } catch (IOException | RuntimeException e) {
            closeQuietly(to);
            Files.deleteIfExists(part);
            throw e;
        }
    }

    private static long write(List<RememberedOutcome> outcomes, Disk.Sink to) throws IOException {
        var bytes = new ByteArrayOutputStream(BUFFER);
        bytes.writeBytes(LogFormat.firstLine());
        long at = 0;
        for (var outcome : outcomes) {
            bytes.writeBytes(LogFormat.record(outcome));
            if (bytes.size() >= BUFFER) {
                to.write(ByteBuffer.wrap(bytes.toByteArray()), at);
                at += bytes.size();
                bytes.reset();
            }
        }
        to.write(ByteBuffer.wrap(bytes.toByteArray()), at);
        return at + bytes.size();
    }

    /// Makes the new name last, where the operating system can: not all open folders.
    private void forceFolder() {
        try (var folder = FileChannel.open(file.resolveSibling(""), StandardOpenOption.READ)) {
            folder.force(true);
        } catch (IOException _) {
            // The file itself is safe, under the old name or the new one.
        }
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException _) {
            // Nothing was left to be written.
        }
    }

    private String message(Exception e) {
        return "the outcome memory %s cannot be written: %s".formatted(file, e);
    }
}
