package io.pointsman.lab.gguf;

import java.nio.ByteBuffer;

/// How a tensor's elements are stored in a GGUF file.
public enum Storage {
    F32(0, 1, 4) {
        @Override
        void encode(float[] row, ByteBuffer into) {
            for (float value : row) {
                into.putFloat(value);
            }
        }
    },
    F16(1, 1, 2) {
        @Override
        void encode(float[] row, ByteBuffer into) {
            for (float value : row) {
                into.putShort(Float.floatToFloat16(value));
            }
        }
    },
    /// Blocks of 32 signed bytes behind one half-precision scale.
    Q8_0(8, 32, 34) {
        @Override
        void encode(float[] row, ByteBuffer into) {
            for (int start = 0; start < row.length; start += 32) {
                float most = 0;
                for (int i = start; i < start + 32; i++) {
                    most = Math.max(most, Math.abs(row[i]));
                }
                float scale = most / 127;
                float inverse = scale == 0 ? 0 : 1 / scale;
                into.putShort(Float.floatToFloat16(scale));
                for (int i = start; i < start + 32; i++) {
                    into.put((byte) Math.round(row[i] * inverse));
                }
            }
        }
    };

    private final int code;
    private final int blockElements;
    private final int blockBytes;

    Storage(int code, int blockElements, int blockBytes) {
        this.code = code;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    /// The type's number in a file.
    int code() {
        return code;
    }

    /// What `general.file_type` says of a file whose matrices are stored so.
    public int fileType() {
        return this == Q8_0 ? 7 : code;
    }

    /// Elements that share one block; a row holds whole blocks only.
    int blockElements() {
        return blockElements;
    }

    /// Bytes of a row of `elements` elements.
    int bytes(int elements) {
        return elements / blockElements * blockBytes;
    }

    abstract void encode(float[] row, ByteBuffer into);
}
