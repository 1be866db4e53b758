package io.pointsman.gateway.ledger;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The files of a spool: segments of records, numbered from 1 on, and beside each that is complete
/// the rollup of its records, so that it need not be read again. Immutable.
///
/// @param folder where they are
record SpoolFolder(Path folder) {

    private static final Pattern NAME = Pattern.compile("ledger-([0-9]{12})\\.(spool|rollup)");
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(
                            tools.jackson.databind.DeserializationFeature
                                    .USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();

    /// What is known of a segment without reading it.
    ///
    /// @param records how many it holds
    /// @param newest when its newest request came; the epoch where it holds none
    /// @param bytes of the segment; one of another length has changed since
    record Summary(long records, Instant newest, long bytes) {}

    /// The file of a segment.
    Path segment(long number) {
        return folder.resolve("ledger-%012d.spool".formatted(number));
    }

    /// The file of a segment's rollup.
    Path rollup(long number) {
        return folder.resolve("ledger-%012d.rollup".formatted(number));
    }

    /// The numbers of the segments that are there.
    NavigableSet<Long> segments() throws IOException {
        return numbers("spool");
    }

    /// The numbers of the rollups that are there.
    NavigableSet<Long> rollups() throws IOException {
        return numbers("rollup");
    }

    private NavigableSet<Long> numbers(String kind) throws IOException {
        var numbers = new TreeSet<Long>();
        try (Stream<Path> files = Files.list(folder)) {
            files.map(file -> NAME.matcher(file.getFileName().toString()))
                    .filter(name -> name.matches() && name.group(2).equals(kind))
                    .forEach(name -> numbers.add(Long.parseLong(name.group(1))));
        }
        return numbers;
    }

    /// Sums up all that is there, beside a process that may be writing: the rollups of complete
    /// segments, and the records of the others.
    ///
    /// @throws InvalidLedger where the folder cannot be read
    static Rollups read(Path path) {
        var folder = new SpoolFolder(path);
        var all = new Rollups();
        try {
            var segments = folder.segments();
            var rollups = folder.rollups();
            if (segments.isEmpty() && rollups.isEmpty()) {
                throw new InvalidLedger(
                        "there is no ledger in %s; name its folder with --folder, or the running gateway with --url"
                                .formatted(path));
            }
            var last = segments.isEmpty() ? 0 : segments.last();
            rollups.addAll(segments);
            for (var number : rollups) {
                if (number == last || folder.readRollup(number, all).isEmpty()) {
                    folder.readSegment(number, all);
                }
            }
            return all;
        } catch (IOException e) {
            throw new InvalidLedger(
                    "the ledger in %s cannot be read: %s".formatted(path, InvalidLedger.words(e)),
                    e);
        }
    }

    private void readSegment(long number, Rollups into) throws IOException {
        try {
            SegmentReader.read(
                    segment(number),
                    0,
                    Long.MAX_VALUE,
                    (json, _) -> {
                        into.add(Entry.read(json));
                        return true;
                    });
        } catch (NoSuchFileException _) {
            // Retention took it meanwhile.
        }
    }

    /// Writes the rollup of a segment, in one step.
    ///
    /// @return its bytes
    long writeRollup(long number, Rollups rollups, Summary summary, Disk disk) throws IOException {
        var bytes = new FrameBuffer();
        bytes.writeBytes(Frames.firstLine());
        var head = JSON.createObjectNode();
        head.put("records", summary.records());
        head.put("newest", summary.newest().toString());
        head.put("bytes", summary.bytes());
        head.put("sums", rollups.size());
        bytes.add(JSON.writeValueAsBytes(head));
        rollups.forEach((hour, labels, totals) -> bytes.add(json(hour, labels, totals)));
        var part = folder.resolve("rollup.new");
        try (var sink = disk.open(part)) {
            sink.truncate(0);
            sink.write(bytes.bytes(), 0);
            sink.force();
        }
        Files.move(
                part,
                rollup(number),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        return bytes.size();
    }

    private static byte[] json(Instant hour, Rollups.Labels labels, Totals totals) {
        var json = JSON.createObjectNode();
        json.put("hour", hour.toString());
        json.put("tenant", labels.tenant());
        json.put("model", labels.model());
        json.put("route", labels.route());
        json.put("backend", labels.backend());
        json.set("totals", JSON.valueToTree(totals));
        return JSON.writeValueAsBytes(json);
    }

    /// Adds the rollup of a segment to `into`; empty, and nothing added, where there is none that
    /// is intact.
    Optional<Summary> readRollup(long number, Rollups into) throws IOException {
        var frames = new ArrayList<JsonNode>();
        try {
            SegmentReader.read(
                    rollup(number),
                    0,
                    Long.MAX_VALUE,
                    (json, _) -> frames.add(JSON.readTree(json)));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
        if (frames.isEmpty() || frames.getFirst().path("sums").asInt(-1) != frames.size() - 1) {
            return Optional.empty();
        }
        var head = frames.getFirst();
        var summary =
                new Summary(
                        head.path("records").asLong(),
                        Instant.parse(head.path("newest").asString()),
                        head.path("bytes").asLong());
        if (Files.exists(segment(number)) && Files.size(segment(number)) != summary.bytes()) {
            return Optional.empty();
        }
        for (var sum : frames.subList(1, frames.size())) {
            into.add(
                    Instant.parse(sum.path("hour").asString()),
                    new Rollups.Labels(
                            sum.path("tenant").asString(),
                            sum.path("model").asString(),
                            sum.path("route").asString(),
                            sum.path("backend").asString()),
                    totals(sum.path("totals")));
        }
        return Optional.of(summary);
    }

    private static Totals totals(JsonNode json) {
        return new Totals(
                json.path("requests").asLong(),
                json.path("completed").asLong(),
                json.path("cancelled").asLong(),
                json.path("failed").asLong(),
                json.path("estimated").asLong(),
                json.path("attempts").asLong(),
                json.path("promptTokens").asLong(),
                json.path("cachedTokens").asLong(),
                json.path("completionTokens").asLong(),
                json.path("reasoningTokens").asLong(),
                json.path("cost").asDecimal(BigDecimal.ZERO),
                json.path("unpriced").asLong(),
                json.path("compared").asLong(),
                json.path("comparedCost").asDecimal(BigDecimal.ZERO),
                json.path("reasonerCost").asDecimal(BigDecimal.ZERO));
    }
}
