package io.pointsman.serving.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// How a tensor's elements are stored. Each type turns a run of whole blocks into floats.
public enum TensorType {
    F32(0, 1, 4) {
        @Override
        void decode(MemorySegment data, long offset, float[] into, int at, int count) {
            MemorySegment.copy(data, FLOAT, offset, into, at, count);
        }
    },
    F16(1, 1, 2) {
        @Override
        void decode(MemorySegment data, long offset, float[] into, int at, int count) {
            for (int i = 0; i < count; i++) {
                into[at + i] = Float.float16ToFloat(data.get(SHORT, offset + 2L * i));
            }
        }
    },
    /// Blocks of 32 signed bytes behind one half-precision scale.
    Q8_0(8, 32, 34) {
        @Override
        void decode(MemorySegment data, long offset, float[] into, int at, int count) {
            for (int block = 0; block < count / 32; block++) {
                long start = offset + 34L * block;
                float scale = Float.float16ToFloat(data.get(SHORT, start));
                for (int i = 0; i < 32; i++) {
                    into[at + 32 * block + i] =
                            scale * data.get(ValueLayout.JAVA_BYTE, start + 2 + i);
                }
            }
        }
    };

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int code;
    private final int blockElements;
    private final int blockBytes;

    TensorType(int code, int blockElements, int blockBytes) {
        this.code = code;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    /// The type's number in a file.
    public int code() {
        return code;
    }

    /// Elements that share one block; a row holds whole blocks only.
    public int blockElements() {
        return blockElements;
    }

    /// Bytes of `elements` elements, which are whole blocks.
    public long bytes(long elements) {
        return elements / blockElements * blockBytes;
    }

    abstract void decode(MemorySegment data, long offset, float[] into, int at, int count);
}
