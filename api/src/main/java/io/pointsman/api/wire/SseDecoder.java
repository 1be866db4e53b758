package io.pointsman.api.wire;

import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Cuts a stream of server-sent events, in whatever pieces it arrives, into the payloads of its
/// events: the `data` lines of each, joined by a newline. Confined to one thread.
///
/// Lines end with CR, LF or both; comments and all other fields are dropped; a byte order mark is
/// skipped. An event whose closing blank line is missing at the end of the stream is still given
/// out: whoever reads it finds out whether it is whole.
public final class SseDecoder {

    private static final byte[] DATA = {'d', 'a', 't', 'a'};

    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;

    /// In each byte, the least that is more than either end of a line.
    private static final long ABOVE_LINE_ENDS = ONES * ('\r' + 1);

    private final int maxEventBytes;

    /// The start of a line whose end has not arrived.
    private byte[] line = new byte[0];

    private int lineLength;
    private byte @Nullable [] event;
    private boolean skipLineFeed;
    private boolean firstLine = true;

    /// @param maxEventBytes more than this in one line or one event fails the stream
    public SseDecoder(int maxEventBytes) {
        this.maxEventBytes = maxEventBytes;
    }

    /// Takes what remains in `bytes`, and gives each event that it completes to `events`.
    public void feed(ByteBuffer bytes, Consumer<byte[]> events) {
        if (bytes.hasArray()) {
            feed(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining(), events);
            bytes.position(bytes.limit());
        } else {
            var copy = new byte[bytes.remaining()];
            bytes.get(copy);
            feed(copy, 0, copy.length, events);
        }
    }

    /// Takes `length` bytes from `offset`, and gives each event that they complete to `events`.
    ///
    /// @throws FailureException if an event grows beyond the bound
    public void feed(byte[] bytes, int offset, int length, Consumer<byte[]> events) {
        int start = offset;
        int end = offset + length;
        while (start < end) {
            if (skipLineFeed) {
                skipLineFeed = false;
                if (bytes[start] == '\n') {
                    start++;
                    continue;
                }
            }
            int at = lineEnd(bytes, start, end);
            if (at == end) {
                break;
            }
            endLine(bytes, start, at, events);
            start = at + 1;
            skipLineFeed = bytes[at] == '\r';
        }
        keep(bytes, start, end);
    }

    /// Where in [from, to) the first line feed or carriage return is; `to` where there is none.
    ///
    /// Eight bytes are looked at together: `(word - 0x0E..) & ~word & 0x80..` has its lowest bit in
    /// the first byte that is less than 0x0E (Hacker's Delight, 6-1), which in JSON is hardly ever
    /// anything but the end of a line.
    static int lineEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at <= to - Long.BYTES) {
            long word = (long) WORDS.get(bytes, at);
            long found = (word - ABOVE_LINE_ENDS) & ~word & (ONES << 7);
            if (found == 0) {
                at += Long.BYTES;
            } else {
                at += Long.numberOfTrailingZeros(found) / Byte.SIZE;
                if (isLineEnd(bytes[at])) {
                    return at;
                }
                at++;
            }
        }
        while (at < to && !isLineEnd(bytes[at])) {
            at++;
        }
        return at;
    }

    private static boolean isLineEnd(byte b) {
        return b == '\n' || b == '\r';
    }

    /// Ends the stream: gives out an event that was not closed.
    public void finish(Consumer<byte[]> events) {
        endLine(line, 0, 0, events);
        dispatch(events);
    }

    private void endLine(byte[] bytes, int from, int to, Consumer<byte[]> events) {
        if (lineLength == 0) {
            readLine(bytes, from, to, events);
        } else {
            keep(bytes, from, to);
            int length = lineLength;
            lineLength = 0;
            readLine(line, 0, length, events);
        }
    }

    private void readLine(byte[] bytes, int start, int to, Consumer<byte[]> events) {
        int from = firstLine ? afterByteOrderMark(bytes, start, to) : start;
        firstLine = false;
        if (from == to) {
            dispatch(events);
            return;
        }
        int nameEnd = from + DATA.length;
        if (nameEnd > to || !Arrays.equals(bytes, from, nameEnd, DATA, 0, DATA.length)) {
            return;
        }
        if (nameEnd == to) {
            append(bytes, to, to);
        } else if (bytes[nameEnd] == ':') {
            int value = nameEnd + 1;
            append(bytes, value < to && bytes[value] == ' ' ? value + 1 : value, to);
        }
    }

    private void append(byte[] bytes, int from, int to) {
        if (event == null) {
            bound(to - from);
            event = Arrays.copyOfRange(bytes, from, to);
        } else {
            int length = event.length;
            bound((long) length + 1 + to - from);
            var joined = Arrays.copyOf(event, length + 1 + to - from);
            joined[length] = '\n';
            System.arraycopy(bytes, from, joined, length + 1, to - from);
            event = joined;
        }
    }

    private void dispatch(Consumer<byte[]> events) {
        var complete = event;
        event = null;
        if (complete != null && complete.length > 0) {
            events.accept(complete);
        }
    }

    private void keep(byte[] bytes, int from, int to) {
        int more = to - from;
        if (more == 0) {
            return;
        }
        bound((long) lineLength + more);
        if (line.length - lineLength < more) {
            line = Arrays.copyOf(line, Math.max(line.length * 2, lineLength + more));
        }
        System.arraycopy(bytes, from, line, lineLength, more);
        lineLength += more;
    }

    private void bound(long length) {
        if (length > maxEventBytes) {
            throw new FailureException(
                    new Failure.Broken(
                            "The stream has an event of more than %,d bytes."
                                    .formatted(maxEventBytes)));
        }
    }

    private static int afterByteOrderMark(byte[] bytes, int from, int to) {
        return to - from >= 3
                        && bytes[from] == (byte) 0xEF
                        && bytes[from + 1] == (byte) 0xBB
                        && bytes[from + 2] == (byte) 0xBF
                ? from + 3
                : from;
    }
}
