package io.pointsman.lab.gguf;

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
import java.util.function.LongConsumer;

/// A GGUF version 3 file in the making: metadata and tensors in the order in which they were put.
///
/// Tensors are written row by row, so a file may be larger than memory. Confined to one thread.
public final class GgufFile {

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

    /// Where a tensor's rows come from; asked for each row once, from the first to the last.
    @FunctionalInterface
    public interface Rows {
        void fill(int row, float[] into);
    }

    /// @param rows 1 for a vector
    private record Tensor(String name, Storage storage, int columns, int rows, Rows source) {
        Tensor {
            if (columns % storage.blockElements() != 0) {
                throw new IllegalArgumentException(
                        name + " has rows of " + columns + ", which are not whole blocks");
            }
        }

        boolean matrix() {
            return rows > 1;
        }

        long bytes() {
            return storage.bytes(columns) * (long) rows;
        }
    }

    /// A file without anything.
    public GgufFile() {}

    public GgufFile text(String key, String value) {
        metadata.put(key, new Value.Text(value));
        return this;
    }

    public GgufFile number(String key, int value) {
        metadata.put(key, new Value.Whole(value));
        return this;
    }

    public GgufFile real(String key, float value) {
        metadata.put(key, new Value.Real(value));
        return this;
    }

    public GgufFile flag(String key, boolean value) {
        metadata.put(key, new Value.Flag(value));
        return this;
    }

    public GgufFile texts(String key, List<String> value) {
        metadata.put(key, new Value.Texts(value));
        return this;
    }

    public GgufFile numbers(String key, List<Integer> value) {
        metadata.put(key, new Value.Numbers(value));
        return this;
    }

    /// A tensor of the shape `[rows, columns]` as F16, or a vector as F32 where `rows` is 1.
    public GgufFile tensor(String name, int rows, int columns, float[] values) {
        return tensor(
                name,
                rows > 1 ? Storage.F16 : Storage.F32,
                rows,
                columns,
                (row, into) -> System.arraycopy(values, row * columns, into, 0, columns));
    }

    /// A tensor of the shape `[rows, columns]`, or a vector where `rows` is 1.
    public GgufFile tensor(String name, Storage storage, int rows, int columns, Rows source) {
        tensors.add(new Tensor(name, storage, columns, rows, source));
        return this;
    }

    /// Bytes of all tensors.
    public long tensorBytes() {
        return tensors.stream().mapToLong(Tensor::bytes).sum();
    }

    /// Writes the file.
    public void write(Path file) {
        write(file, _ -> {});
    }

    /// Writes the file.
    ///
    /// @param progress is told now and then how many bytes of tensors are written
    public void write(Path file, LongConsumer progress) {
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
                out.number(tensor.storage().code());
                out.wide(offset);
                offset = aligned(offset + tensor.bytes());
            }
            long done = 0;
            for (var tensor : tensors) {
                out.align();
                done = write(tensor, out, done, progress);
            }
            out.align();
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    private static long write(Tensor tensor, Counted out, long before, LongConsumer progress)
            throws IOException {
        var values = new float[tensor.columns()];
        var bytes =
                ByteBuffer.allocate(tensor.storage().bytes(tensor.columns()))
                        .order(ByteOrder.LITTLE_ENDIAN);
        long done = before;
        for (int row = 0; row < tensor.rows(); row++) {
            tensor.source().fill(row, values);
            bytes.clear();
            tensor.storage().encode(values, bytes);
            out.bytes(bytes.array());
            done += bytes.capacity();
            if (row % 1024 == 1023) {
                progress.accept(done);
            }
        }
        progress.accept(done);
        return done;
    }

    private static long aligned(long offset) {
        return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /// Little-endian output that knows how far it is.
    private static final class Counted implements AutoCloseable {
        private final DataOutputStream out;
        private long size;

        Counted(OutputStream out) {
            this.out = new DataOutputStream(out);
        }

        void bytes(byte[] bytes) throws IOException {
            out.write(bytes);
            size += bytes.length;
        }

        void number(int value) throws IOException {
            out.writeInt(Integer.reverseBytes(value));
            size += Integer.BYTES;
        }

        void wide(long value) throws IOException {
            out.writeLong(Long.reverseBytes(value));
            size += Long.BYTES;
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
                    size++;
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
            for (; size % ALIGNMENT != 0; size++) {
                out.write(0);
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
