package io.pointsman.classifier.memory;

import static io.pointsman.api.Label.Origin.COMPARISON;
import static io.pointsman.api.Label.Origin.FEEDBACK;
import static io.pointsman.classifier.memory.OutcomeMemory.SHARED;
import static io.pointsman.classifier.memory.SketchFamilies.sketch;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.api.Label;
import io.pointsman.api.TaskType;
import io.pointsman.classifier.features.FeatureSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeLogTest {

    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final Label GOOD = Label.ofFast(1, FEEDBACK, 1);
    private static final int CAPACITY = 1_000;

    @TempDir private Path folder;
    private Path file = Path.of("");

    @BeforeEach
    void name() {
        file = folder.resolve("state/outcomes.log");
    }

    static LongStream seeds() {
        return LongStream.range(0, 10);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void remembersAllOverARestart(long seed) {
        var families = new SketchFamilies(seed);
        List<RememberedOutcome> before;
        try (var memory = open()) {
            learn(memory, 200, seed, families);
            before = memory.outcomes();
        }

        try (var memory = open()) {
            assertSame(memory.outcomes(), before);
            assertThat(memory.status().orElseThrow().cutOff()).isZero();
            var fresh = memory(Optional.empty(), Disk.REAL);
            learn(fresh, 200, seed, new SketchFamilies(seed));
            for (int i = 0; i < 20; i++) {
                var query = families.next();
                assertThat(memory.evidence("tenant 1", query))
                        .isEqualTo(fresh.evidence("tenant 1", query));
            }
        }
    }

    @Test
    void keepsEverythingThatAReportNeeds() {
        var trace = new Trace(42, sketch(3, 1, 2), 0.25f, 0.75f, true, TaskType.CODE);
        try (var memory = open()) {
            memory.learn("first", "téam", trace, Label.ofBoth(0.1, 0.9, COMPARISON, 0.5), NOW);
        }

        assertThat(OutcomeLog.read(file))
                .singleElement()
                .satisfies(outcome -> {
                    assertThat(outcome.tenant()).isEqualTo("téam");
                    assertThat(outcome.label()).isEqualTo(Label.ofBoth(0.1, 0.9, COMPARISON, 0.5));
                    assertThat(outcome.learned()).isEqualTo(NOW);
                    assertThat(outcome.trace()).usingRecursiveComparison().isEqualTo(trace);
                });
    }

    @Test
    void readsAnOutcomeOnceAsItWasLast() {
        try (var memory = open()) {
            memory.learn("1", "a", trace(sketch(1)), Label.ofFast(0, FEEDBACK, 1), NOW);
            memory.learn("2", "a", trace(sketch(1)), GOOD, NOW);
            memory.learn("1", "a", trace(sketch(1)), Label.ofReasoner(1, FEEDBACK, 1), NOW);
            memory.learn("1", "b", trace(sketch(1)), GOOD, NOW);

            awaitRecords(memory, 4);
            assertThat(OutcomeLog.read(file))
                    .extracting(RememberedOutcome::label)
                    .containsExactly(GOOD, Label.ofBoth(0, 1, FEEDBACK, 1), GOOD);
        }
    }

    @Test
    void holdsNoIdAsItIs() throws IOException {
        try (var memory = open()) {
            memory.learn("request-4711", "a", trace(sketch(1)), GOOD, NOW);
        }

        assertThat(Files.readString(file, ISO_8859_1))
                .startsWith("pointsman-outcomes/1 " + FeatureSet.ID + "\n")
                .doesNotContain("4711");
    }

    @Test
    void isForItsOwnersEyesOnly() throws IOException {
        Files.createDirectories(file.getParent());
        open().close();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        open().close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void losesNothingThatWasWrittenWhenTheProcessIsKilled() throws IOException {
        var copy = folder.resolve("copy");
        try (var memory = open()) {
            learn(memory, 100, 1, new SketchFamilies(1));
            awaitRecords(memory, 100);
            Files.copy(file, copy);

            try (var after = memory(Optional.of(copy), Disk.REAL)) {
                assertSame(after.outcomes(), memory.outcomes());
            }
        }
    }

    @Test
    void cutsOffALastRecordThatIsNotWhole() throws IOException {
        var whole = written(3);
        var bytes = Files.readAllBytes(file);
        var ends = ends(whole);

        for (int length = 0; length < bytes.length; length++) {
            Files.write(file, Arrays.copyOf(bytes, length));
            int left = left(ends, length);

            assertSame(OutcomeLog.read(file), whole.subList(0, left));
            try (var memory = open()) {
                assertSame(memory.outcomes(), whole.subList(0, left));
                int torn = length - (length < ends[0] ? 0 : ends[left]);
                assertThat(memory.status().orElseThrow().cutOff()).isEqualTo(torn);
                memory.learn("another", "a", trace(sketch(9)), GOOD, NOW);
            }
            assertThat(OutcomeLog.read(file)).hasSize(left + 1);
        }
    }

    @Test
    void takesZerosForAnEndThatNeverReachedTheDisk() throws IOException {
        var whole = written(3);
        var bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length + 5_000));

        try (var memory = open()) {
            assertSame(memory.outcomes(), whole);
            assertThat(memory.status().orElseThrow().cutOff()).isEqualTo(5_000);
        }
    }

    @Test
    void takesZerosForDamageWhereMoreFollows() throws IOException {
        written(3);
        var bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length + 100));
        Files.write(file, new byte[] {1}, StandardOpenOption.APPEND);

        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidMemory.class)
                .hasMessageContaining("damaged at byte " + bytes.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x01, 0x80, 0xFF})
    void neverTakesADamagedByteForAnOutcome(int flip) throws IOException {
        var whole = written(3);
        var bytes = Files.readAllBytes(file);
        var ends = ends(whole);

        for (int at = 0; at < bytes.length; at++) {
            var damaged = bytes.clone();
            damaged[at] ^= (byte) flip;
            Files.write(file, damaged);
            if (at >= ends[2] + LogFormat.FRAME) {
                // The payload of the last record: as if it had not been written whole.
                assertSame(OutcomeLog.read(file), whole.subList(0, 2));
            } else {
                assertThatThrownBy(() -> OutcomeLog.read(file))
                        .isInstanceOf(InvalidMemory.class)
                        .hasMessageContaining(file.toString())
                        .hasMessageMatching("(?s).*[Mm]ove (it|the file) away.*");
            }
        }
    }

    @Test
    void doesNotStartOnADamagedFileAndLeavesItAsItIs() throws IOException {
        written(3);
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidMemory.class)
                .hasMessageContaining("the outcome memory " + file + " is damaged at byte ")
                .hasMessageContaining("Move it away");
        assertThat(file).hasBinaryContent(bytes);
        Files.delete(file);
        open().close();
    }

    @Test
    void doesNotStartOnAnotherVersionsFile() throws IOException {
        write("pointsman-outcomes/7 " + FeatureSet.ID + "\n...");

        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidMemory.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("has the format 7, but this version reads 1")
                .hasMessageContaining("move the file away");
    }

    @Test
    void doesNotStartOnAFileOfOtherFeatures() throws IOException {
        write("pointsman-outcomes/1 v0-abc\n...");

        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidMemory.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("features v0-abc, but this version has " + FeatureSet.ID)
                .hasMessageContaining("move the file away");
    }

    @Test
    void doesNotStartOnAFileOfAnotherKind() throws IOException {
        write("routes:\n  - when: difficulty > 0.5\n");

        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidMemory.class)
                .hasMessageContaining(file + " is not an outcome memory");
        assertThat(file).content().startsWith("routes:");
    }

    @Test
    void doesNotStartOnAFileThatIsInUse() {
        try (var _ = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(InvalidMemory.class)
                    .hasMessageContaining(file + " is in use by another process");
        }

        open().close();
    }

    @Test
    void isTheSameFileBehindALink() throws IOException {
        written(3);
        var link = Files.createSymbolicLink(folder.resolve("link.log"), file);
        try (var linked = memory(Optional.of(link), Disk.REAL)) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(InvalidMemory.class)
                    .hasMessageContaining("is in use by another process");
            for (int i = 0; i < 2_000; i++) {
                linked.learn("" + i % 10, "a", trace(sketch(i % 10)), GOOD, NOW);
            }
            await(() -> linked.status().orElseThrow().records() < 300);
        }

        assertThat(link).isSymbolicLink();
        try (var memory = open()) {
            assertThat(memory.size()).isEqualTo(13);
        }
    }

    @Test
    void doesNotTakeThePlaceOfWhatIsNoFile() throws IOException {
        var state = Files.createDirectory(folder.resolve("folder"));
        var link = Files.createSymbolicLink(folder.resolve("link"), state);

        for (var place : List.of(state, link)) {
            assertThatThrownBy(() -> memory(Optional.of(place), Disk.REAL))
                    .isInstanceOf(InvalidMemory.class)
                    .hasMessageContaining(state + " is a folder or a device");
        }
        assertThat(folder).isDirectoryNotContaining("glob:**.lock");
    }

    @Test
    void doesNotStartWhereItCannotWrite() throws IOException {
        var blocked = Files.createFile(folder.resolve("blocked"));

        assertThatThrownBy(() -> memory(Optional.of(blocked.resolve("outcomes")), Disk.REAL))
                .isInstanceOf(InvalidMemory.class)
                .hasMessageContaining(blocked.resolve("outcomes").toString())
                .hasMessageContaining("can be read and written");
        assertThatThrownBy(() -> memory(Optional.of(folder), Disk.REAL))
                .isInstanceOf(InvalidMemory.class)
                .hasMessageContaining(folder.toString());
        assertThatThrownBy(() -> memory(Optional.of(file), FillingDisk.of(10)))
                .isInstanceOf(InvalidMemory.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("No space left");
        assertThat(file.resolveSibling("outcomes.log.new")).doesNotExist();
        open().close();
    }

    @Test
    void saysWhereThereIsNothingToRead() {
        assertThatThrownBy(() -> OutcomeLog.read(file))
                .isInstanceOf(InvalidMemory.class)
                .hasMessage("there is no outcome memory " + file);
    }

    @Test
    void isWrittenAnewWhenMostOfItIsOutdated() {
        try (var memory = open()) {
            for (int i = 0; i < 2_000; i++) {
                memory.learn("" + i % 10, "a", trace(sketch(i % 10)), GOOD, NOW);
            }
            memory.learn("last", "a", trace(sketch(11)), GOOD, NOW);

            await(() -> OutcomeLog.read(file).size() == 11);
            await(() -> memory.status().orElseThrow().records() < 300);
            assertThat(file.toFile().length()).isLessThan(40_000);
        }

        try (var memory = open()) {
            assertThat(memory.size()).isEqualTo(11);
        }
        assertThat(file.resolveSibling("outcomes.log.new")).doesNotExist();
    }

    @Test
    void losesNothingThatIsLearnedWhileItIsWrittenAnew() {
        List<RememberedOutcome> before;
        try (var memory = open()) {
            for (int i = 0; i < 20_000; i++) {
                int prompt = i % 400 + i / 2_000;
                memory.learn("" + prompt, "a", trace(sketch(prompt)), GOOD, NOW.plusSeconds(i));
            }
            before = memory.outcomes();
        }

        try (var memory = open()) {
            assertSame(memory.outcomes(), before);
        }
    }

    @Test
    void forgetsWhatNoLongerFits() {
        try (var memory = open()) {
            learn(memory, 100, 1, new SketchFamilies(1));
        }

        try (var memory =
                OutcomeMemory.open(settings(Optional.of(file), 30), SketchFamilies::weight, NOW)) {
            assertThat(memory.size()).isEqualTo(30);
        }
    }

    @Test
    void keepsServingWhileTheDiskIsFullAndCatchesUpWhenItIsNot() {
        var disk = FillingDisk.of(5_000);
        List<RememberedOutcome> before;
        try (var memory = memory(Optional.of(file), disk)) {
            learn(memory, 200, 1, new SketchFamilies(1));
            await(() -> memory.status().orElseThrow().failure().isPresent());

            var status = memory.status().orElseThrow();
            assertThat(status.failure().orElseThrow())
                    .contains(file.toString())
                    .contains("No space left on device");
            await(() -> memory.status().orElseThrow().unsaved() > 0);
            assertThat(memory.outcomes()).hasSize(200);
            assertThat(OutcomeLog.read(file).size()).isLessThan(200);

            disk.room().set(Long.MAX_VALUE);
            learn(memory, 220, 1, new SketchFamilies(1));
            before = memory.outcomes();
        }

        try (var memory = open()) {
            assertSame(memory.outcomes(), before);
        }
    }

    @Test
    void writesOverWhatDidNotFit() {
        var disk = FillingDisk.of(1_000);
        try (var memory = memory(Optional.of(file), disk)) {
            memory.learn("1", "a tenant".repeat(500), trace(sketch(1)), GOOD, NOW);
            await(() -> memory.status().orElseThrow().unsaved() > 0);
            await(() -> memory.status().orElseThrow().failure().isPresent());

            disk.room().set(Long.MAX_VALUE);
            memory.learn("2", "b", trace(sketch(2)), GOOD, NOW);

            await(() -> OutcomeLog.read(file).stream().anyMatch(it -> it.tenant().equals("b")));
        }
    }

    @Test
    void keepsAWholeFileWhenItIsClosedOnAFullDisk() {
        var disk = FillingDisk.of(5_000);
        try (var memory = memory(Optional.of(file), disk)) {
            learn(memory, 200, 1, new SketchFamilies(1));
            await(() -> memory.status().orElseThrow().unsaved() > 0);
        }

        try (var memory = open()) {
            assertThat(memory.outcomes()).hasSizeLessThan(200);
        }
        assertThat(file.resolveSibling("outcomes.log.new")).doesNotExist();
    }

    @Test
    void learnsForThisRunAloneAfterItIsClosed() {
        var memory = open();
        memory.close();
        memory.close();

        memory.learn("1", "a", trace(sketch(1)), GOOD, NOW);

        assertThat(memory.size()).isEqualTo(1);
        assertThat(OutcomeLog.read(file)).isEmpty();
    }

    private OutcomeMemory open() {
        return memory(Optional.of(file), Disk.REAL);
    }

    private static OutcomeMemory memory(Optional<Path> file, Disk disk) {
        return new OutcomeMemory(settings(file, CAPACITY), SketchFamilies::weight, NOW, disk);
    }

    private static MemorySettings settings(Optional<Path> file, int capacity) {
        return new MemorySettings(
                file, capacity, Duration.ofDays(90), MemorySettings.Sharing.TENANT);
    }

    private void write(String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, UTF_8);
    }

    /// The outcomes in a file of so many.
    private List<RememberedOutcome> written(int count) {
        try (var memory = open()) {
            for (int i = 0; i < count; i++) {
                memory.learn("" + i, "a", trace(sketch(i, i + 1)), GOOD, NOW.plusSeconds(i));
            }
            return memory.outcomes();
        }
    }

    /// Where the first line ends, and each of the records.
    private static int[] ends(List<RememberedOutcome> outcomes) {
        var ends = new int[outcomes.size() + 1];
        ends[0] = LogFormat.FIRST_LINE.getBytes(US_ASCII).length;
        for (int i = 0; i < outcomes.size(); i++) {
            ends[i + 1] = ends[i] + LogFormat.record(outcomes.get(i)).length;
        }
        return ends;
    }

    /// How many records end within `length` bytes.
    private static int left(int[] ends, int length) {
        return Math.max(0, (int) Arrays.stream(ends).filter(end -> end <= length).count() - 1);
    }

    private static void learn(OutcomeMemory memory, int count, long seed, SketchFamilies families) {
        var random = new Random(seed);
        for (int i = 0; i < count; i++) {
            int tenant = random.nextInt(4);
            memory.learn(
                    "" + i,
                    tenant == 0 ? SHARED : "tenant " + tenant,
                    new Trace(
                            random.nextLong(),
                            families.next(),
                            random.nextFloat(),
                            random.nextFloat(),
                            random.nextBoolean(),
                            random.nextBoolean() ? TaskType.CODE : TaskType.WRITING),
                    Label.ofBoth(random.nextDouble(), random.nextDouble(), FEEDBACK, 0.5),
                    NOW.plusSeconds(i));
        }
    }

    private static void assertSame(
            List<RememberedOutcome> outcomes, List<RememberedOutcome> expected) {
        assertThat(outcomes)
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactlyElementsOf(expected);
    }

    private static void awaitRecords(OutcomeMemory memory, int count) {
        await(() -> memory.status().orElseThrow().records() == count);
    }

    private static void await(BooleanSupplier condition) {
        var deadline = Instant.now().plusSeconds(60);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).isBefore(deadline);
            Thread.onSpinWait();
        }
    }

    private static Trace trace(Sketch sketch) {
        return new Trace(sketch.hashCode(), sketch, 0.5f, 0.9f, false, TaskType.OTHER);
    }
}
