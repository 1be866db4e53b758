package io.pointsman.lab.mini;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A GGUF version 3 file in the making: metadata and tensors in the order in which they were put.
///
/// Matrices are stored as F16, vectors as F32. Confined to one thread.
final class GgufFile {
    private static final int ALIGNMENT = 32;

    private final Map<String, Value> metadata = new LinkedHashMap<>();
    private final List<Tensor> tensors = new ArrayList<>();

    /// A metadata value with its type in the file.
    private sealed interface Value {
        record Text(String text) implements Value {}

        record Whole(int number) implements Value {}

        record Real(float real) implements Value {}

        record Flag(boolean flag) implements Value {}

        record Texts(List<String> texts) implements Value {}

        record Numbers(List<Integer> numbers) implements Value {}
    }

    /// @param rows 1 for a vector
    private record Tensor(String name, int columns, int rows, float[] values) {
        boolean matrix() {
            return rows > 1;
        }

        int bytes() {
            return values.length * (matrix() ? Short.BYTES : Float.BYTES);
        }
    }

    GgufFile text(String key, String value) {
        metadata.put(key, new Value.Text(value));
        return this;
    }

    GgufFile number(String key, int value) {
        metadata.put(key, new Value.Whole(value));
        return this;
    }

    GgufFile real(String key, float value) {
        metadata.put(key, new Value.Real(value));
        return this;
    }

    GgufFile flag(String key, boolean value) {
        metadata.put(key, new Value.Flag(value));
        return this;
    }

    GgufFile texts(String key, List<String> value) {
        metadata.put(key, new Value.Texts(value));
        return this;
    }

    GgufFile numbers(String key, List<Integer> value) {
        metadata.put(key, new Value.Numbers(value));
        return this;
    }

    /// A tensor of the shape `[rows, columns]`, or a vector where `rows` is 1.
    GgufFile tensor(String name, int rows, int columns, float[] values) {
        tensors.add(new Tensor(name, columns, rows, values));
        return this;
    }

    void write(Path file) {
        try (var out = new Counted(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.bytes("GGUF".getBytes(StandardCharsets.US_ASCII));
            out.number(3);
            out.wide(tensors.size());
            out.wide(metadata.size());
            for (var entry : metadata.entrySet()) {
                out.text(entry.getKey());
                out.value(entry.getValue());
            }
            var offset = 0L;
            for (var tensor : tensors) {
                out.text(tensor.name());
                out.number(tensor.matrix() ? 2 : 1);
                out.wide(tensor.columns());
                if (tensor.matrix()) {
                    out.wide(tensor.rows());
                }
                out.number(tensor.matrix() ? 1 : 0);
                out.wide(offset);
                offset = aligned(offset + tensor.bytes());
            }
            for (var tensor : tensors) {
                out.align();
                out.bytes(data(tensor));
            }
            out.align();
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    private static byte[] data(Tensor tensor) {
        var bytes = ByteBuffer.allocate(tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (var value : tensor.values()) {
            if (tensor.matrix()) {
                bytes.putShort(Float.floatToFloat16(value));
            } else {
                bytes.putFloat(value);
            }
        }
        return bytes.array();
    }

    private static long aligned(long offset) {
        return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /// Little-endian output that knows how far it is.
    private static final class Counted implements AutoCloseable {
        private final DataOutputStream out;

        Counted(OutputStream out) {
            this.out = new DataOutputStream(out);
        }

        void bytes(byte[] bytes) throws IOException {
            out.write(bytes);
        }

        void number(int value) throws IOException {
            out.writeInt(Integer.reverseBytes(value));
        }

        void wide(long value) throws IOException {
            out.writeLong(Long.reverseBytes(value));
        }

        void text(String text) throws IOException {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            wide(bytes.length);
            bytes(bytes);
        }

        void value(Value value) throws IOException {
            switch (value) {
                case Value.Text(var text) -> {
                    number(8);
                    text(text);
                }
                case Value.Whole(var number) -> {
                    number(4);
                    number(number);
                }
                case Value.Real(var real) -> {
                    number(6);
                    number(Float.floatToRawIntBits(real));
                }
                case Value.Flag(var flag) -> {
                    number(7);
                    out.writeBoolean(flag);
                }
                case Value.Texts(var texts) -> {
                    number(9);
                    number(8);
                    wide(texts.size());
                    for (var text : texts) {
                        text(text);
                    }
                }
                case Value.Numbers(var numbers) -> {
                    number(9);
                    number(5);
                    wide(numbers.size());
                    for (var number : numbers) {
                        number(number);
                    }
                }
            }
        }

        void align() throws IOException {
            while (out.size() % ALIGNMENT != 0) {
                out.write(0);
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
