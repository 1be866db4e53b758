package io.pointsman.gateway.ledger;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Records on the disk: segments that are only ever appended to, see [Frames]. Confined to the
/// thread that writes, but for what it tells: that may be asked by any.
///
/// A segment is complete when it is long enough or the day is over; then its rollup is written
/// beside it and the next is begun. At the start complete segments are known by their rollups, and
/// only the last one is read. An end that was not written whole is cut off; damaged bytes before
/// intact records are skipped and said.
public final class Spool implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger("pointsman.spool");
    private static final long SEGMENT = 64L << 20;

    /// So many segments there are at least before the size is reached.
    private static final long SEGMENTS = 8;

    private final SpoolFolder folder;
    private final Limits limits;
    private final Disk disk;
    private final Rollups all;
    private final FileChannel lock;
    private final UUID id;
    private final long segmentBytes;
    private final TreeMap<Long, Sealed> sealed = new TreeMap<>();

    private long number;
    private Disk.Sink sink;
    private Rollups current = new Rollups();
    private long end;
    private long records;
    private Instant newest = Instant.EPOCH;
    private Instant day;
    private long sealedBytes;

    /// Whether there may be part of a frame behind the end.
    private boolean torn;

    /// What was written since the disk was last forced.
    private final ByteArrayOutputStream unforced = new ByteArrayOutputStream();

    /// Whether the disk failed to keep that: the operating system may have let go of it.
    private boolean suspect;

    private volatile SpoolPosition durable;
    private volatile long bytes;
    private volatile Counts counts = new Counts(new TreeMap<>(), 0, 0);
    private final AtomicLong unshippedLost = new AtomicLong();

    /// How long and how large a spool may become.
    ///
    /// @param retention how long records are kept
    /// @param maxSize how many bytes they take at most
    /// @param shipped whether they are sent on, and so kept until they were
    record Limits(Duration retention, long maxSize, boolean shipped) {}

    /// A complete segment.
    ///
    /// @param bytes of the segment and its rollup
    /// @param records in it
    /// @param newest when its newest request came
    /// @param there whether the segment is there, or only its rollup
    private record Sealed(long bytes, long records, Instant newest, boolean there) {}

    private Spool(
            SpoolFolder folder,
            Limits limits,
            Disk disk,
            Rollups all,
            FileChannel lock,
            Instant now)
            throws IOException {
        this.folder = folder;
        this.limits = limits;
        this.disk = disk;
        this.all = all;
        this.lock = lock;
        this.id = identity(folder.folder());
        this.segmentBytes = Math.min(SEGMENT, Math.max(1 << 16, limits.maxSize() / SEGMENTS));
        this.day = now.truncatedTo(ChronoUnit.DAYS);
        var segments = folder.segments();
        var rollups = folder.rollups();
        var last = segments.isEmpty() ? Optional.<Long>empty() : Optional.of(segments.last());
        restore(segments, rollups, last.orElse(0L));
        if (last.isPresent()) {
            this.number = last.get();
            this.sink = reopen();
        } else {
            this.number = rollups.isEmpty() ? 1 : rollups.last() + 1;
            this.sink = begin();
        }
        this.durable = new SpoolPosition(number, end);
        measure();
    }

    /// Opens the spool in `path`, which is made where there is none, and sums up in `all` what it
    /// holds.
    ///
    /// @throws InvalidLedger where that cannot be
    static Spool open(Path path, Limits limits, Disk disk, Rollups all, Instant now) {
        try {
            Files.createDirectories(path);
            var folder = path.toRealPath();
            var lock = lock(folder);
            try {
                return new Spool(new SpoolFolder(folder), limits, disk, all, lock, now);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new InvalidLedger(
                    "the ledger's folder %s cannot be used: %s. Give ledger.folder one that can be read and written"
                            .formatted(path, InvalidLedger.words(e)),
                    e);
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        var channel = Disk.ChannelSink.openChannel(folder.resolve("ledger.lock"));
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
        throw new InvalidLedger(
                "the ledger's folder %s is in use by another process. Stop that one, or give each its own ledger.folder"
                        .formatted(folder));
    }

    /// The spool's name in a database that several write to.
    private static UUID identity(Path folder) throws IOException {
        var file = folder.resolve("spool.id");
        if (Files.exists(file)) {
            try {
                return UUID.fromString(Files.readString(file).strip());
            } catch (IllegalArgumentException e) {
                throw new IOException(file + " holds no id", e);
            }
        }
        var fresh = UUID.randomUUID();
        var part = folder.resolve("spool.id.new");
        try (var channel = Disk.ChannelSink.openChannel(part)) {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(fresh.toString().getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        return fresh;
    }

    private void restore(Set<Long> segments, Set<Long> rollups, long last) throws IOException {
        var numbers = new TreeSet<>(segments);
        numbers.addAll(rollups);
        for (long each : numbers) {
            if (each == last) {
                continue;
            }
            var there = segments.contains(each);
            var known = folder.readRollup(each, all);
            if (known.isPresent()) {
                keep(each, known.get(), there);
            } else if (there) {
                seal(each);
            } else {
                Files.deleteIfExists(folder.rollup(each));
            }
        }
    }

    private void keep(long each, SpoolFolder.Summary summary, boolean there) throws IOException {
        var size = Files.size(folder.rollup(each)) + (there ? Files.size(folder.segment(each)) : 0);
        sealed.put(each, new Sealed(size, summary.records(), summary.newest(), there));
    }

    /// Makes the rollup of a segment that should have one.
    private void seal(long each) throws IOException {
        var sums = new Rollups();
        var extent = read(each, sums);
        var summary =
                new SpoolFolder.Summary(extent.records(), newest, Files.size(folder.segment(each)));
        folder.writeRollup(each, sums, summary, disk);
        keep(each, summary, true);
    }

    private SegmentReader.Extent read(long each, Rollups sums) throws IOException {
        newest = Instant.EPOCH;
        var extent =
                SegmentReader.read(
                        folder.segment(each),
                        0,
                        Long.MAX_VALUE,
                        (json, _) -> {
                            add(Entry.read(json), sums);
                            return true;
                        });
        if (extent.gaps() > 0) {
            LOG.warn(
                    "{} is damaged in {} places: {} bytes of records are lost, {} records are intact",
                    folder.segment(each),
                    extent.gaps(),
                    extent.lost(),
                    extent.records());
        }
        return extent;
    }

    private void add(Entry entry, Rollups sums) {
        sums.add(entry);
        all.add(entry);
        if (entry.at().isAfter(newest)) {
            newest = entry.at();
        }
    }

    private Disk.Sink reopen() throws IOException {
        var extent = read(number, current);
        records = extent.records();
        var opened = disk.open(folder.segment(number));
        if (extent.end() == 0) {
            opened.truncate(0);
            opened.write(ByteBuffer.wrap(Frames.firstLine()), 0);
        }
        end = Math.max(extent.end(), Frames.FIRST_LINE.length());
        if (extent.torn() > 0) {
            LOG.warn(
                    "the ledger ended within a record that was never written whole: its last {} bytes are dropped",
                    extent.torn());
        }
        opened.truncate(end);
        opened.force();
        if (records > 0) {
            day = newest.truncatedTo(ChronoUnit.DAYS);
        }
        return opened;
    }

    private Disk.Sink begin() throws IOException {
        var opened = disk.open(folder.segment(number));
        try {
            opened.truncate(0);
            opened.write(ByteBuffer.wrap(Frames.firstLine()), 0);
            opened.force();
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        end = Frames.FIRST_LINE.length();
        records = 0;
        newest = Instant.EPOCH;
        forceFolder();
        return opened;
    }

    /// Makes new names last, where the operating system can: not all open folders.
    private void forceFolder() {
        try (var channel = FileChannel.open(folder.folder(), StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException _) {
            // The files themselves are safe.
        }
    }

    /// Writes `frames`, all or none.
    ///
    /// @param entries what is summed up of each
    void append(ByteBuffer frames, List<Entry> entries, Instant now) throws IOException {
        if (end >= segmentBytes || dayOver(now)) {
            roll(now);
        }
        if (torn) {
            sink.truncate(end);
            torn = false;
        }
        int from = frames.position();
        int length = frames.remaining();
        torn = true;
        sink.write(frames, end);
        torn = false;
        unforced.write(frames.array(), frames.arrayOffset() + from, length);
        end += length;
        records += entries.size();
        for (var entry : entries) {
            add(entry, current);
        }
        measureCurrent();
    }

    private boolean dayOver(Instant now) {
        return records > 0 && !now.truncatedTo(ChronoUnit.DAYS).equals(day);
    }

    /// Waits until all that was appended would survive a power failure. What a disk failed to keep
    /// before is written again first.
    void force() throws IOException {
        if (suspect) {
            sink.write(ByteBuffer.wrap(unforced.toByteArray()), durable.offset());
        }
        try {
            sink.force();
        } catch (IOException e) {
            suspect = true;
            throw e;
        }
        suspect = false;
        unforced.reset();
        durable = new SpoolPosition(number, end);
    }

    private void roll(Instant now) throws IOException {
        if (torn) {
            sink.truncate(end);
            torn = false;
        }
        force();
        var summary = new SpoolFolder.Summary(records, newest, end);
        folder.writeRollup(number, current, summary, disk);
        var old = sink;
        number++;
        try {
            sink = begin();
        } catch (IOException e) {
            number--;
            throw e;
        }
        old.close();
        keep(number - 1, summary, true);
        current = new Rollups();
        day = now.truncatedTo(ChronoUnit.DAYS);
        durable = new SpoolPosition(number, end);
        measure();
    }

    /// Completes the segment of a day that is over, and lets go of what is too old or too much.
    ///
    /// @param shipped up to where records were sent on
    void tidy(Instant now, SpoolPosition shipped) throws IOException {
        if (dayOver(now)) {
            roll(now);
        }
        var oldest = now.minus(limits.retention());
        all.forgetBefore(oldest);
        for (var each : List.copyOf(sealed.entrySet())) {
            tidy(each.getKey(), each.getValue(), oldest, shipped);
        }
        measure();
    }

    private void tidy(long each, Sealed segment, Instant oldest, SpoolPosition shipped)
            throws IOException {
        var old = segment.newest().isBefore(oldest);
        var tooMuch = segment.there() && bytes > limits.maxSize();
        var unshipped = limits.shipped() && segment.there() && each >= shipped.segment();
        if (tooMuch && unshipped) {
            unshippedLost.addAndGet(segment.records());
            LOG.error(
                    "ledger.max-size is reached: {} records are deleted before the database had all of them",
                    segment.records());
        }
        if (tooMuch || (old && !unshipped)) {
            Files.deleteIfExists(folder.segment(each));
            if (old) {
                Files.deleteIfExists(folder.rollup(each));
                sealed.remove(each);
            } else {
                sealed.put(
                        each,
                        new Sealed(
                                Files.size(folder.rollup(each)),
                                segment.records(),
                                segment.newest(),
                                false));
            }
            measure();
        }
    }

    private void measure() {
        long size = end;
        var records = new TreeMap<Long, Long>();
        for (var segment : sealed.entrySet()) {
            size += segment.getValue().bytes();
            if (segment.getValue().there()) {
                records.put(segment.getKey(), segment.getValue().records());
            }
        }
        sealedBytes = size - end;
        counts = new Counts(records, number, this.records);
        bytes = size;
    }

    /// The same, where only the segment being written has changed.
    private void measureCurrent() {
        counts = new Counts(counts.sealed(), number, records);
        bytes = sealedBytes + end;
    }

    /// How many records there are.
    ///
    /// @param sealed in complete segments, by number; not to be modified
    /// @param number of the segment being written
    /// @param active in that one
    private record Counts(TreeMap<Long, Long> sealed, long number, long active) {}

    /// Its name, where several write to one database.
    public UUID id() {
        return id;
    }

    /// Up to where records would survive a power failure.
    public SpoolPosition durable() {
        return durable;
    }

    /// The bytes on the disk.
    public long bytes() {
        return bytes;
    }

    /// How many records were deleted, for want of room, before they were sent on.
    public long unshippedLost() {
        return unshippedLost.get();
    }

    /// Reads up to `most` durable records after `from`.
    ///
    /// @throws IOException where they cannot be read
    public Batch after(SpoolPosition from, int most) throws IOException {
        var limit = durable;
        if (from.compareTo(limit) >= 0) {
            return new Batch(List.of(), from);
        }
        var lines = new ArrayList<Line>();
        var at = from;
        for (long each : folder.segments().tailSet(from.segment())) {
            if (each > limit.segment() || lines.size() >= most) {
                break;
            }
            var until = each == limit.segment() ? limit.offset() : Long.MAX_VALUE;
            var start = each == from.segment() ? from.offset() : 0;
            var extent =
                    SegmentReader.read(
                            folder.segment(each),
                            start,
                            until,
                            (json, end) -> {
                                lines.add(new Line(new SpoolPosition(each, end), json));
                                return lines.size() < most;
                            });
            at = new SpoolPosition(each, Math.max(start, extent.end()));
        }
        return new Batch(lines, at);
    }

    /// How many records of its segment there are before `at`.
    ///
    /// @throws IOException where they cannot be read
    public long recordsBefore(SpoolPosition at) throws IOException {
        return folder.segments().contains(at.segment())
                ? SegmentReader.read(folder.segment(at.segment()), 0, at.offset(), (_, _) -> true)
                        .records()
                : 0;
    }

    /// How many records there are from `at` on.
    ///
    /// @param before how many records of its segment there are before `at`
    public long recordsAfter(SpoolPosition at, long before) {
        var now = counts;
        long count = now.active() - (now.number() == at.segment() ? before : 0);
        for (var segment : now.sealed().tailMap(at.segment(), true).entrySet()) {
            count += segment.getValue() - (segment.getKey() == at.segment() ? before : 0);
        }
        return Math.max(0, count);
    }

    /// A record of the spool.
    ///
    /// @param end where it ends, which names it for good
    /// @param json the record
    public record Line(SpoolPosition end, byte[] json) {}

    /// Records in a row.
    ///
    /// @param lines the records
    /// @param next where the next ones begin
    public record Batch(List<Line> lines, SpoolPosition next) {
        public Batch {
            lines = List.copyOf(lines);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            if (torn) {
                sink.truncate(end);
            }
            force();
        } finally {
            sink.close();
            lock.close();
        }
    }
}
