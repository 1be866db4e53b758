package io.pointsman.gateway.http;

import io.pointsman.api.wire.SseEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;

/// The bytes that go to a client next, written straight into one buffer of the server's. Confined
/// to one thread.
final class Frames {

    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final int ROOM = 512;

    private final DataBufferFactory factory;
    private @Nullable DataBuffer buffer;

    Frames(DataBufferFactory factory) {
        this.factory = factory;
    }

    /// Appends `bytes` as they are.
    Frames raw(byte[] bytes) {
        room(bytes.length).write(bytes);
        return this;
    }

    /// Appends a server-sent event of one `data` line.
    Frames event(byte[] json) {
        if (!oneLine(json)) {
            return raw(SseEncoder.event(json));
        }
        room(json.length + DATA.length + END.length).write(DATA).write(json).write(END);
        return this;
    }

    /// How many bytes are waiting.
    int size() {
        return buffer == null ? 0 : buffer.readableByteCount();
    }

    /// What is waiting, for whoever sends it; leaves nothing behind.
    DataBuffer take() {
        var taken = buffer == null ? factory.allocateBuffer(0) : buffer;
        buffer = null;
        return taken;
    }

    /// Throws away what is waiting.
    void discard() {
        if (buffer != null) {
            DataBufferUtils.release(buffer);
            buffer = null;
        }
    }

    private DataBuffer room(int bytes) {
        var open = buffer;
        if (open == null) {
            open = factory.allocateBuffer(bytes + ROOM);
            buffer = open;
        }
        return open;
    }

    private static boolean oneLine(byte[] json) {
        for (byte b : json) {
            if (b == '\n' || b == '\r') {
                return false;
            }
        }
        return true;
    }
}
