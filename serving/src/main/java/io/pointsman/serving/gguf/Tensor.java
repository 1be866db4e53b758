package io.pointsman.serving.gguf;

import java.lang.foreign.MemorySegment;

/// One tensor of a GGUF file, immutable: `rows` rows of `columns` elements each, in the file's own
/// storage. A vector is one row.
///
/// @param data exactly the tensor's bytes
public record Tensor(String name, TensorType type, int columns, int rows, MemorySegment data) {

    public Tensor {
        if (data.byteSize() != type.bytes(columns) * rows) {
            throw new IllegalArgumentException(name + " has a wrong size");
        }
    }

    /// Writes row `row` as floats to `into` from `at`.
    public void decodeRow(int row, float[] into, int at) {
        type.decode(data, type.bytes(columns) * row, into, at, columns);
    }

    /// All elements as floats, row after row.
    public float[] decode() {
        var all = new float[Math.multiplyExact(columns, rows)];
        for (int row = 0; row < rows; row++) {
            decodeRow(row, all, row * columns);
        }
        return all;
    }
}
