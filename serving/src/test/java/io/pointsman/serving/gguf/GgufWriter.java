package io.pointsman.serving.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes GGUF files for tests.
public final class GgufWriter {

    private record Entry(String name, TensorType type, int columns, int rows, byte[] data) {}

    private final Map<String, Object> metadata = new LinkedHashMap<>();
    private final List<Entry> tensors = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /// Adds a metadata entry.
    ///
    /// @param value an `Integer` (written as u32), `Float`, `Boolean`, `String`, or a list of
    ///   `String`s or `Integer`s (as i32)
    public GgufWriter put(String key, Object value) {
        metadata.put(key, value);
        return this;
    }

    public GgufWriter tensor(String name, TensorType type, int columns, int rows, float[] values) {
        tensors.add(new Entry(name, type, columns, rows, encode(type, values)));
        return this;
    }

    public byte[] bytes() {
        out.reset();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        writeInt(3);
        writeLong(tensors.size());
        writeLong(metadata.size());
        metadata.forEach(this::writeEntry);
        long offset = 0;
        for (var tensor : tensors) {
            writeText(tensor.name);
            writeInt(2);
            writeLong(tensor.columns);
            writeLong(tensor.rows);
            writeInt(tensor.type.code());
            writeLong(offset);
            offset = (offset + tensor.data.length + 31) / 32 * 32;
        }
        for (var tensor : tensors) {
            pad();
            out.writeBytes(tensor.data);
        }
        return out.toByteArray();
    }

    /// The bytes of `values`, rounded to what `type` can say.
    public static byte[] encode(TensorType type, float[] values) {
        var buffer =
                ByteBuffer.allocate((int) type.bytes(values.length)).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case F32 -> {
                for (float value : values) {
                    buffer.putFloat(value);
                }
            }
            case F16 -> {
                for (float value : values) {
                    buffer.putShort(Float.floatToFloat16(value));
                }
            }
            case Q8_0 -> {
                for (int block = 0; block < values.length; block += 32) {
                    encodeBlock(values, block, buffer);
                }
            }
        }
        return buffer.array();
    }

    private static void encodeBlock(float[] values, int block, ByteBuffer buffer) {
        float largest = 0;
        for (int i = 0; i < 32; i++) {
            largest = Math.max(largest, Math.abs(values[block + i]));
        }
        float scale = largest / 127;
        buffer.putShort(Float.floatToFloat16(scale));
        for (int i = 0; i < 32; i++) {
            buffer.put((byte) (scale == 0 ? 0 : Math.round(values[block + i] / scale)));
        }
    }

    private void writeEntry(String key, Object value) {
        writeText(key);
        writeInt(type(value));
        writeValue(value);
    }

    private static int type(Object value) {
        return switch (value) {
            case Integer _ -> 4;
            case Float _ -> 6;
            case Boolean _ -> 7;
            case String _ -> 8;
            case List<?> _ -> 9;
            default -> throw new IllegalArgumentException("cannot write " + value);
        };
    }

    private void writeValue(Object value) {
        switch (value) {
            case Integer integer -> writeInt(integer);
            case Float real -> writeInt(Float.floatToIntBits(real));
            case Boolean truth -> out.write(truth ? 1 : 0);
            case String text -> writeText(text);
            case List<?> list -> {
                writeInt(list.isEmpty() ? 4 : type(list.getFirst()));
                writeLong(list.size());
                list.forEach(this::writeValue);
            }
            default -> throw new IllegalArgumentException("cannot write " + value);
        }
    }

    private void pad() {
        while (out.size() % 32 != 0) {
            out.write(0);
        }
    }

    private void writeText(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        writeLong(bytes.length);
        out.writeBytes(bytes);
    }

    private void writeInt(int value) {
        out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }

    private void writeLong(long value) {
        out.writeBytes(
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }
}
