package io.pointsman.gateway.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.gateway.accounting.RecordLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpoolTest {

    private static final Spool.Limits LIMITS =
            new Spool.Limits(Duration.ofDays(90), 10L << 30, false);
    private static final int RECORDS = 60;

    @TempDir private Path folder;

    static IntStream seeds() {
        return IntStream.range(0, 40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void readsEveryRecordBeforeACutAndNeverAWrongOne(int seed) throws IOException {
        var random = new Random(seed);
        var written = write(random);
        var bytes = Files.readAllBytes(segment(1));
        var kept = random.nextInt(bytes.length + 1);
        Files.write(segment(1), Arrays.copyOf(bytes, kept));

        var rollups = new Rollups();
        try (var spool = Spool.open(folder, LIMITS, Disk.REAL, rollups, Records.START)) {
            var read = texts(spool);

            assertThat(read).isEqualTo(written.subList(0, read.size()));
            assertThat(read).hasSize((int) ends(bytes).stream().filter(end -> end <= kept).count());
            append(spool, written.subList(0, 1), Records.START);
            spool.force();
            assertThat(texts(spool)).hasSize(read.size() + 1);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void skipsDamagedBytesAndReadsAllElse(int seed) throws IOException {
        var random = new Random(seed);
        var written = write(random);
        var bytes = Files.readAllBytes(segment(1));
        var from = random.nextInt(bytes.length);
        var to = Math.min(bytes.length, from + 1 + random.nextInt(3_000));
        var ends = ends(bytes);
        for (int i = from; i < to; i++) {
            bytes[i] ^= (byte) (1 + random.nextInt(255));
        }
        Files.write(segment(1), bytes);
        var untouched = new ArrayList<String>();
        for (int i = 0; i < written.size(); i++) {
            var start = i == 0 ? Frames.FIRST_LINE.length() : ends.get(i - 1);
            if (ends.get(i) <= from || start >= to) {
                untouched.add(written.get(i));
            }
        }

        try (var spool = Spool.open(folder, LIMITS, Disk.REAL, new Rollups(), Records.START)) {
            assertThat(texts(spool)).isEqualTo(untouched);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void t12_sumsAreThoseOfTheRecordsHoweverOftenItIsOpened(int seed) throws IOException {
        var random = new Random(seed);
        var expected = new Rollups();
        var limits = new Spool.Limits(Duration.ofDays(90), 1 << 19, false);
        var number = 0;
        for (int opening = 0; opening < 4; opening++) {
            var at = Records.START.plus(Duration.ofHours(7L * opening));
            var rollups = new Rollups();
            try (var spool = Spool.open(folder, limits, Disk.REAL, rollups, at)) {
                assertThat(report(rollups)).isEqualTo(report(expected));
                for (int batch = 0; batch < 8; batch++) {
                    var written = new ArrayList<String>();
                    for (int i = random.nextInt(20); i >= 0; i--) {
                        var entry = json(random, number++, at);
                        written.add(new String(entry, UTF_8));
                        expected.add(Entry.read(entry));
                    }
                    append(spool, written, at);
                }
            }
            assertThat(report(rollups)).isEqualTo(report(expected));
        }
        assertThat(report(SpoolFolder.read(folder))).isEqualTo(report(expected));
        assertThat(report(expected).total().requests()).isEqualTo(number);
    }

    @Test
    void zerosAfterTheEndAreNoRecords() throws IOException {
        var written = write(new Random(1));
        var bytes = Files.readAllBytes(segment(1));
        Files.write(segment(1), Arrays.copyOf(bytes, bytes.length + 4_096));

        try (var spool = Spool.open(folder, LIMITS, Disk.REAL, new Rollups(), Records.START)) {
            assertThat(texts(spool)).isEqualTo(written);
        }
        assertThat(Files.size(segment(1))).isEqualTo(bytes.length);
    }

    @Test
    void aNewDayBeginsASegmentAndLeavesARollup() throws IOException {
        var rollups = new Rollups();
        try (var spool = Spool.open(folder, LIMITS, Disk.REAL, rollups, Records.START)) {
            append(spool, write(1, Records.START), Records.START);
            var tomorrow = Records.START.plus(Duration.ofDays(1));
            append(spool, write(1, tomorrow), tomorrow);
        }

        assertThat(segment(1)).exists();
        assertThat(segment(2)).exists();
        assertThat(folder.resolve("ledger-000000000001.rollup")).exists();
        assertThat(report(SpoolFolder.read(folder)).total().requests()).isEqualTo(2);
    }

    @Test
    void whatIsTooOldIsDeletedWithItsSums() throws IOException {
        var rollups = new Rollups();
        var limits = new Spool.Limits(Duration.ofDays(3), 10L << 30, false);
        try (var spool = Spool.open(folder, limits, Disk.REAL, rollups, Records.START)) {
            for (int day = 0; day < 6; day++) {
                var at = Records.START.plus(Duration.ofDays(day));
                append(spool, write(5, at), at);
                spool.tidy(at, SpoolPosition.START);
            }
            assertThat(segment(1)).doesNotExist();
            assertThat(segment(6)).exists();
            assertThat(report(rollups).total().requests()).isEqualTo(20);
        }
        assertThat(report(SpoolFolder.read(folder)).total().requests()).isEqualTo(20);
    }

    @Test
    void whatIsTooMuchIsDeletedAndItsSumsAreKept() throws IOException {
        var rollups = new Rollups();
        var limits = new Spool.Limits(Duration.ofDays(90), 1 << 20, false);
        var count = 0;
        try (var spool = Spool.open(folder, limits, Disk.REAL, rollups, Records.START)) {
            for (int batch = 0; batch < 60; batch++) {
                append(spool, write(50, Records.START), Records.START);
                count += 50;
                spool.tidy(Records.START, SpoolPosition.START);
                assertThat(spool.bytes()).isLessThan(2 << 20);
            }
            assertThat(segment(1)).doesNotExist();
            assertThat(report(rollups).total().requests()).isEqualTo(count);
        }
        assertThat(report(SpoolFolder.read(folder)).total().requests()).isEqualTo(count);
    }

    @Test
    void whatIsNotSentOnIsKeptUntilThereIsTooMuch() throws IOException {
        var limits = new Spool.Limits(Duration.ofDays(3), 1 << 20, true);
        try (var spool = Spool.open(folder, limits, Disk.REAL, new Rollups(), Records.START)) {
            append(spool, write(5, Records.START), Records.START);
            var later = Records.START.plus(Duration.ofDays(10));
            append(spool, write(5, later), later);

            spool.tidy(later, SpoolPosition.START);
            assertThat(segment(1)).exists();
            spool.tidy(later, new SpoolPosition(2, 0));
            assertThat(segment(1)).doesNotExist();
            assertThat(spool.unshippedLost()).isZero();
            for (int batch = 0; batch < 60; batch++) {
                append(spool, write(50, later), later);
            }
            spool.tidy(later, new SpoolPosition(2, 0));
            assertThat(spool.unshippedLost()).isPositive();
        }
    }

    @Test
    void aFileInTheFoldersPlaceIsNamed() throws IOException {
        var file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> Spool.open(file, LIMITS, Disk.REAL, new Rollups(), Records.START))
                .isInstanceOf(InvalidLedger.class)
                .hasMessageContaining(file + " is a file, not a folder")
                .hasMessageNotContaining("Exception");
    }

    @Test
    void aFolderInUseSaysSo() {
        try (var first = open()) {
            assertThat(first.bytes()).isPositive();
            assertThatThrownBy(this::open)
                    .isInstanceOf(InvalidLedger.class)
                    .hasMessageContaining("in use by another process");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anotherVersionIsNotTouched() throws IOException {
        Files.writeString(segment(1), "pointsman-ledger/9\n");

        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidLedger.class)
                .hasMessageContaining("another version");
        assertThat(segment(1)).hasContent("pointsman-ledger/9");
    }

    private Spool open() {
        return Spool.open(folder, LIMITS, Disk.REAL, new Rollups(), Records.START);
    }

    private Path segment(int number) {
        return folder.resolve("ledger-%012d.spool".formatted(number));
    }

    private List<String> write(Random random) throws IOException {
        var texts = new ArrayList<String>();
        for (int i = 0; i < RECORDS; i++) {
            texts.add(new String(json(random, i, Records.START), UTF_8));
        }
        try (var spool = open()) {
            for (int i = 0; i < RECORDS; i += 10) {
                append(spool, texts.subList(i, i + 10), Records.START);
            }
        }
        return texts;
    }

    private static List<String> write(int count, Instant at) {
        var random = new Random(count);
        return IntStream.range(0, count)
                .mapToObj(i -> new String(json(random, i, at), UTF_8))
                .toList();
    }

    private static byte[] json(Random random, int number, Instant at) {
        return RecordLines.of(Records.any(random, number, at));
    }

    private static void append(Spool spool, List<String> texts, Instant now) throws IOException {
        var frames = new FrameBuffer();
        var entries = new ArrayList<Entry>();
        for (var text : texts) {
            var json = text.getBytes(UTF_8);
            frames.add(json);
            entries.add(Entry.read(json));
        }
        spool.append(frames.bytes(), entries, now);
    }

    private static List<Long> ends(byte[] bytes) throws IOException {
        var file = Files.createTempFile("segment", ".spool");
        try {
            Files.write(file, bytes);
            var ends = new ArrayList<Long>();
            SegmentReader.read(file, 0, Long.MAX_VALUE, (_, end) -> ends.add(end));
            return ends;
        } finally {
            Files.delete(file);
        }
    }

    private static List<String> texts(Spool spool) throws IOException {
        return spool.after(SpoolPosition.START, Integer.MAX_VALUE).lines().stream()
                .map(line -> new String(line.json(), UTF_8))
                .toList();
    }

    private static UsageReport report(Rollups rollups) {
        return rollups.report(
                new UsageQuery(
                        List.of(UsageQuery.Dimension.values()),
                        Records.START.minus(Duration.ofDays(1)),
                        Records.START.plus(Duration.ofDays(365))));
    }
}
