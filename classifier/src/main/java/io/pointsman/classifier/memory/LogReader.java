package io.pointsman.classifier.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pointsman.classifier.features.FeatureSet;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Reads an outcome log from its beginning. A last record that was never written whole, as after a
/// kill or a power failure, ends the log; damage anywhere else is an [InvalidMemory]. Confined to
/// one call.
final class LogReader {

    private static final Pattern FIRST_LINE =
            Pattern.compile(
                    Pattern.quote(LogFormat.FAMILY) + "([!-~]{1,40}) ([!-~]{1,40})\n.*",
                    Pattern.DOTALL);
    private static final int LONGEST_FIRST_LINE = 128;

    private final Path file;
    private final InputStream in;
    private final Consumer<RememberedOutcome> to;

    /// Where the last whole record ends.
    private long end;

    private long records;

    private LogReader(Path file, InputStream in, Consumer<RememberedOutcome> to) {
        this.file = file;
        this.in = in;
        this.to = to;
    }

    /// What was read.
    ///
    /// @param records how many there are
    /// @param end where the last whole one ends; 0 where not even the first line is whole
    /// @param torn how many bytes follow it
    record Extent(long records, long end, long torn) {

        /// Of a file that is not there.
        static final Extent NONE = new Extent(0, 0, 0);
    }

    /// Hands all outcomes in `file` to `to`, in the order of writing.
    ///
    /// @throws NoSuchFileException where there is no file
    /// @throws InvalidMemory where it is damaged or not one of this version's
    static Extent read(Path file, Consumer<RememberedOutcome> to) throws IOException {
        try (var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            var reader = new LogReader(file, in, to);
            long torn = reader.read();
            return new Extent(reader.records, reader.end, torn);
        }
    }

    /// How many bytes are torn.
    private long read() throws IOException {
        var expected = LogFormat.firstLine();
        in.mark(LONGEST_FIRST_LINE);
        var found = in.readNBytes(expected.length);
        if (!Arrays.equals(found, expected)) {
            if (Arrays.equals(found, Arrays.copyOf(expected, found.length))) {
                return found.length;
            }
            in.reset();
            throw foreign(new String(in.readNBytes(LONGEST_FIRST_LINE), UTF_8));
        }
        end = expected.length;
        var frame = in.readNBytes(LogFormat.FRAME);
        while (frame.length == LogFormat.FRAME) {
            long torn = payload(frame);
            if (torn > 0) {
                return torn;
            }
            frame = in.readNBytes(LogFormat.FRAME);
        }
        return frame.length;
    }

    /// How many bytes are torn; 0 where the record is whole.
    private long payload(byte[] frame) throws IOException {
        var fields = ByteBuffer.wrap(frame);
        int length = fields.getInt();
        int checksum = fields.getInt();
        if (fields.getInt() != LogFormat.frameChecksum(length, checksum)
                || length < 0
                || length > LogFormat.LONGEST_PAYLOAD) {
            return unwritten(frame);
        }
        var payload = in.readNBytes(length);
        if (payload.length < length) {
            return (long) LogFormat.FRAME + payload.length;
        }
        if (LogFormat.checksum(payload, length) != checksum) {
            if (in.read() == -1) {
                return (long) LogFormat.FRAME + length;
            }
            throw damaged("a record does not match its checksum");
        }
        to.accept(outcome(payload));
        records++;
        end += LogFormat.FRAME + length;
        return 0;
    }

    /// How many bytes follow, where all are zeros: after a power failure, a file can be longer than
    /// what reached the disk.
    private long unwritten(byte[] frame) throws IOException {
        long count = 0;
        for (byte value : frame) {
            count += value == 0 ? 1 : 0;
        }
        boolean zeros = count == LogFormat.FRAME;
        for (int value = in.read(); zeros && value != -1; value = in.read()) {
            zeros = value == 0;
            count++;
        }
        if (!zeros) {
            throw damaged("the frame of a record does not match its checksum");
        }
        return count;
    }

    private RememberedOutcome outcome(byte[] payload) {
        try {
            return LogFormat.outcome(payload);
        } catch (IOException | IllegalArgumentException e) {
            throw damaged("a record cannot be understood, " + e.getMessage());
        }
    }

    private InvalidMemory damaged(String what) {
        return new InvalidMemory(
                "the outcome memory %s is damaged at byte %d: %s. Move it away to start with an empty memory, or put back a copy"
                        .formatted(file, end, what));
    }

    private InvalidMemory foreign(String beginning) {
        var line = FIRST_LINE.matcher(beginning);
        if (!line.matches()) {
            return new InvalidMemory(
                    "%s is not an outcome memory, or its first line is damaged. Move it away to start with an empty memory, or put back a copy"
                            .formatted(file));
        }
        if (!line.group(1).equals(LogFormat.VERSION)) {
            return new InvalidMemory(
                    "the outcome memory %s has the format %s, but this version reads %s. Run the version that wrote it, or move the file away to start with an empty memory"
                            .formatted(file, line.group(1), LogFormat.VERSION));
        }
        return new InvalidMemory(
                "the outcome memory %s holds outcomes of the features %s, but this version has %s. Run the version that wrote it, or move the file away to start with an empty memory"
                        .formatted(file, line.group(2), FeatureSet.ID));
    }
}
