package io.pointsman.lab.mini;

import ai.djl.ndarray.NDArray;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/// A run's weights, optimizer state and step in one file, written beside the old one and moved over
/// it.
final class Checkpoint {
    private static final int MAGIC = 0x504d434c;

    private Checkpoint() {}

    static void write(Path file, Training training) {
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            try (var out =
                    new DataOutputStream(
                            new BufferedOutputStream(Files.newOutputStream(fresh), 1 << 16))) {
                out.writeInt(MAGIC);
                out.writeInt(training.steps());
                out.writeInt(training.done());
                arrays(out, training.model().weights());
                arrays(out, training.optimizer().state());
            }
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    /// How many steps the run was planned to have.
    static int steps(Path file) {
        try (var in = open(file)) {
            return in.readInt();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// Reads the weights alone.
    static void read(Path file, Transformer model) {
        try (var in = open(file)) {
            in.skipNBytes(2 * Integer.BYTES);
            arrays(in, model.weights());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// Puts the run back to where it was.
    static void resume(Path file, Training training) {
        try (var in = open(file)) {
            if (in.readInt() != training.steps()) {
                throw new IOException("a checkpoint of a run of another length: " + file);
            }
            training.resume(in.readInt());
            arrays(in, training.model().weights());
            arrays(in, training.optimizer().state());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static DataInputStream open(Path file) throws IOException {
        var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
        if (in.readInt() != MAGIC) {
            in.close();
            throw new IOException("not a checkpoint: " + file);
        }
        return in;
    }

    private static void arrays(DataOutputStream out, Map<String, NDArray> arrays)
            throws IOException {
        for (var array : arrays.values()) {
            var values = array.toFloatArray();
            var bytes = ByteBuffer.allocate(values.length * Float.BYTES);
            bytes.asFloatBuffer().put(values);
            out.writeInt(values.length);
            out.write(bytes.array());
        }
    }

    private static void arrays(DataInputStream in, Map<String, NDArray> arrays) throws IOException {
        for (var array : arrays.values()) {
            var count = in.readInt();
            if (count != array.size()) {
                throw new IOException("a checkpoint of another shape");
            }
            var values = new float[count];
            ByteBuffer.wrap(in.readNBytes(count * Float.BYTES)).asFloatBuffer().get(values);
            try (var stored = array.getManager().create(values, array.getShape())) {
                array.muli(0).addi(stored);
            }
        }
    }
}
