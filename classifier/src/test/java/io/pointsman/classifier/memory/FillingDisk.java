package io.pointsman.classifier.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// A disk with so much room left, which can be given more. What does not fit whole is written in
/// part, and what was written may turn out not to fit when it is forced, as with real disks.
record FillingDisk(AtomicLong room) implements Disk {

    static FillingDisk of(long room) {
        return new FillingDisk(new AtomicLong(room));
    }

    @Override
    public Sink open(Path file) throws IOException {
        var sink = Disk.REAL.open(file);
        return new Sink() {
            @Override
            public void write(ByteBuffer bytes, long at) throws IOException {
                int fits = (int) Math.min(bytes.remaining(), room.get());
                room.addAndGet(-fits);
                boolean whole = fits == bytes.remaining();
                sink.write(bytes.slice(bytes.position(), fits), at);
                if (!whole) {
                    throw new IOException("No space left on device");
                }
            }

            @Override
            public void truncate(long size) throws IOException {
                sink.truncate(size);
            }

            @Override
            public void force() throws IOException {
                if (room.get() == 0) {
                    throw new IOException("No space left on device");
                }
                sink.force();
            }

            @Override
            public void close() throws IOException {
                sink.close();
            }
        };
    }
}
