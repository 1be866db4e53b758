package io.pointsman.gateway.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// Reads the frames of a file in order, and finds its way past damaged bytes to the next intact
/// frame. Another thread or process may be appending. Confined to one thread.
final class SegmentReader {

    private static final int BUFFER = 4 * (Frames.HEADER + Frames.LONGEST);

    private final FileChannel channel;
    private final Path file;
    private final long limit;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

    /// The place in the file of the buffer's first byte.
    private long base;

    private SegmentReader(FileChannel channel, Path file, long from, long limit) {
        this.channel = channel;
        this.file = file;
        this.base = from;
        this.limit = limit;
        buffer.limit(0);
    }

    /// What a file holds.
    ///
    /// @param end where the last intact frame ends
    /// @param records how many intact frames there are
    /// @param gaps how many stretches of damaged bytes intact frames follow
    /// @param lost the bytes of these
    /// @param torn the bytes after the last intact frame
    record Extent(long end, long records, long gaps, long lost, long torn) {}

    /// Takes a frame.
    @FunctionalInterface
    interface Taker {

        /// Takes the JSON of a frame that ends at `end`; whether to go on.
        boolean take(byte[] json, long end) throws IOException;
    }

    /// Reads `file` from the place `from`, where a frame begins, or 0 for the file's beginning, up
    /// to `limit` at most.
    ///
    /// @throws InvalidLedger where another version wrote it
    static Extent read(Path file, long from, long limit, Taker taker) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new SegmentReader(channel, file, from, Math.min(limit, channel.size()))
                    .read(taker);
        }
    }

    private Extent read(Taker taker) throws IOException {
        int at = base == 0 ? firstLine() : 0;
        long end = base + at;
        long records = 0;
        long gaps = 0;
        long lost = 0;
        while (true) {
            at = ensure(at, Frames.HEADER);
            if (buffer.limit() - at < Frames.HEADER) {
                break;
            }
            int length = Frames.payloadLength(buffer, at);
            if (length > 0) {
                at = ensure(at, Frames.HEADER + length);
            }
            if (length < 0
                    || buffer.limit() - at < Frames.HEADER + length
                    || !Frames.intact(buffer, at, length)) {
                at++;
                continue;
            }
            long start = base + at;
            if (start > end) {
                gaps++;
                lost += start - end;
            }
            int payload = at + Frames.HEADER;
            var json = Arrays.copyOfRange(buffer.array(), payload + 1, payload + length);
            at = payload + length;
            end = base + at;
            records++;
            if (buffer.get(payload) == Frames.VERSION && !taker.take(json, end)) {
                return new Extent(end, records, gaps, lost, 0);
            }
        }
        return new Extent(end, records, gaps, lost, Math.max(0, limit - end));
    }

    /// Where the first frame may begin.
    private int firstLine() throws IOException {
        var wanted = Frames.firstLine();
        ensure(0, wanted.length);
        var found = new byte[Math.min(wanted.length, buffer.limit())];
        buffer.get(0, found);
        if (Arrays.equals(found, wanted)) {
            return wanted.length;
        }
        var text = new String(found, StandardCharsets.US_ASCII);
        if (text.startsWith(Frames.FAMILY) && text.endsWith("\n")) {
            throw new InvalidLedger(
                    "%s was written by another version (%s); read it with that one"
                            .formatted(file, text.strip()));
        }
        return 0;
    }

    /// Has `length` bytes in the buffer from `at` on, as far as the file has them; where these now
    /// are.
    private int ensure(int at, int length) throws IOException {
        if (buffer.limit() - at >= length) {
            return at;
        }
        buffer.position(at).compact();
        base += at;
        while (buffer.hasRemaining()) {
            long place = base + buffer.position();
            if (place >= limit) {
                break;
            }
            var room = (int) Math.min(buffer.remaining(), limit - place);
            int read = channel.read(buffer.slice(buffer.position(), room), place);
            if (read <= 0) {
                break;
            }
            buffer.position(buffer.position() + read);
        }
        buffer.flip();
        return 0;
    }
}
