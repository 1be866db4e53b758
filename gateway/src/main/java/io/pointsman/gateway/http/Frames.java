package io.pointsman.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.pointsman.api.wire.SseEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The bytes that go to a client next, written straight into one buffer of the server's, with room
/// for the size that goes before them as a chunk. Confined to one thread.
final class Frames {

    private static final int HEX_DIGITS = 2 * Integer.BYTES;

    /// The largest size, and its line's end.
    private static final int SIZE_LINE = HEX_DIGITS + 2;

    private static final short LINE_END = '\r' << 8 | '\n';

    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final int ROOM = 512;

    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf buffer;

    Frames(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /// Appends `bytes` as they are.
    Frames raw(byte[] bytes) {
        room(bytes.length).writeBytes(bytes);
        return this;
    }

    /// Appends a server-sent event of one `data` line.
    Frames event(byte[] json) {
        if (!SseEncoder.oneLine(json)) {
            return raw(SseEncoder.event(json));
        }
        room(json.length + DATA.length + END.length)
                .writeBytes(DATA)
                .writeBytes(json)
                .writeBytes(END);
        return this;
    }

    /// How many bytes are waiting.
    int size() {
        return buffer == null ? 0 : buffer.readableBytes();
    }

    /// What is waiting, for whoever sends it; leaves nothing behind.
    ByteBuf take() {
        var taken = buffer == null ? Unpooled.EMPTY_BUFFER : buffer;
        buffer = null;
        return taken;
    }

    /// Makes `body`, as [#take] has given it and not empty, a chunk of the chunked transfer coding
    /// (RFC 9112, 7.1) where it lies. Netty's encoder would send size, bytes and end as three
    /// buffers with a promise each.
    static ByteBuf chunk(ByteBuf body) {
        int size = body.readableBytes();
        int at = body.readerIndex() - 2;
        body.setShort(at, LINE_END);
        for (int rest = size; rest != 0; rest >>>= 4) {
            body.setByte(--at, Character.forDigit(rest & 0xF, 16));
        }
        return body.readerIndex(at).writeShort(LINE_END);
    }

    /// Throws away what is waiting.
    void discard() {
        take().release();
    }

    private ByteBuf room(int bytes) {
        var open = buffer;
        if (open == null) {
            open = allocator.buffer(SIZE_LINE + bytes + ROOM).setIndex(SIZE_LINE, SIZE_LINE);
            buffer = open;
        }
        return open;
    }
}
