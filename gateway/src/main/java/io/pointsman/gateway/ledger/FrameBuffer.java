package io.pointsman.gateway.ledger;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Frames in a row, see [Frames], in one buffer that is used again and again. Confined to one
/// thread.
final class FrameBuffer extends ByteArrayOutputStream {

    private static final byte[] BEGINNING = new byte[Frames.HEADER + 1];

    static {
        BEGINNING[Frames.HEADER] = Frames.VERSION;
    }

    /// Where the frame starts that was begun and has not ended, or where the latest has ended.
    private int start;

    /// Begins a frame, whose JSON is what is written before [#end].
    void begin() {
        start = count;
        writeBytes(BEGINNING);
    }

    /// Ends the frame.
    ///
    /// @throws IllegalArgumentException where it is too long
    void end() {
        int length = count - start - Frames.HEADER;
        if (length > Frames.LONGEST) {
            throw new IllegalArgumentException("a record of " + length + " bytes is too long");
        }
        Frames.putHeader(ByteBuffer.wrap(buf), start, length);
        start = count;
    }

    /// Takes back what was begun and has not ended, if anything.
    void drop() {
        count = start;
    }

    /// Adds the frame around `json`.
    ///
    /// @throws IllegalArgumentException where it is too long
    void add(byte[] json) {
        begin();
        writeBytes(json);
        end();
    }

    /// A copy of the JSON of the frame that was begun and has not ended.
    byte[] json() {
        return Arrays.copyOfRange(buf, start + BEGINNING.length, count);
    }

    @Override
    public synchronized void reset() {
        super.reset();
        start = 0;
    }

    /// All bytes, to be read before more are written.
    ByteBuffer bytes() {
        return ByteBuffer.wrap(buf, 0, count);
    }
}
