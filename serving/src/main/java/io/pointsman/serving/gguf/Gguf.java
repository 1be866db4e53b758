package io.pointsman.serving.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;

/// A GGUF file: metadata and tensors. Immutable; a file on disk stays mapped for as long as
/// anything here is reachable, and its pages are read when first used.
public final class Gguf {

    private final Metadata metadata;
    private final Map<String, Tensor> tensors;

    Gguf(Metadata metadata, Map<String, Tensor> tensors) {
        this.metadata = metadata;
        this.tensors = Map.copyOf(tensors);
    }

    /// Maps the file at `path`.
    ///
    /// @throws GgufException where the file cannot be read or is not sound
    public static Gguf open(Path path) {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return parse(
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()));
        } catch (IOException e) {
            throw new GgufException("cannot read " + path + ": " + e, e);
        } catch (GgufException e) {
            throw new GgufException(path + ": " + e.getMessage(), e);
        }
    }

    /// Reads a file that is in memory already.
    ///
    /// @throws GgufException where it is not sound
    public static Gguf of(byte[] bytes) {
        return parse(MemorySegment.ofArray(bytes.clone()).asReadOnly());
    }

    private static Gguf parse(MemorySegment file) {
        return new GgufParser(file).parse();
    }

    public Metadata metadata() {
        return metadata;
    }

    public Optional<Tensor> tensor(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /// The tensor of this name and shape.
    ///
    /// @throws GgufException where there is none, or one of another shape
    public Tensor tensor(String name, int columns, int rows) {
        var tensor = tensors.get(name);
        if (tensor == null) {
            throw new GgufException("there is no tensor " + name);
        }
        if (tensor.columns() != columns || tensor.rows() != rows) {
            throw new GgufException(
                    "tensor %s is %d x %d, the metadata asks for %d x %d"
                            .formatted(name, tensor.columns(), tensor.rows(), columns, rows));
        }
        return tensor;
    }

    /// How many tensors there are.
    public int tensorCount() {
        return tensors.size();
    }

    /// How many elements all tensors have together.
    public long parameters() {
        return tensors.values().stream().mapToLong(t -> (long) t.columns() * t.rows()).sum();
    }
}
