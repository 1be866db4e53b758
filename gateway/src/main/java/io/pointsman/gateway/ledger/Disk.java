package io.pointsman.gateway.ledger;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Where the spool's bytes go. Implementations are used by one thread at a time.
@FunctionalInterface
interface Disk {

    /// The one of this machine.
    Disk REAL = ChannelSink::open;

    /// Opens `file` for writing; it is created where there is none, for its owner's eyes only.
    Sink open(Path file) throws IOException;

    /// A file that is open for writing.
    interface Sink extends Closeable {

        /// Writes all that remains of `bytes` at this place.
        void write(ByteBuffer bytes, long at) throws IOException;

        /// Cuts off all from `size` on.
        void truncate(long size) throws IOException;

        /// Waits until all that was written would survive a power failure.
        void force() throws IOException;
    }

    /// A channel.
    record ChannelSink(FileChannel channel) implements Sink {

        private static final Set<StandardOpenOption> OPTIONS =
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        private static final String MODE = "rw-------";

        private static Sink open(Path file) throws IOException {
            return new ChannelSink(openChannel(file));
        }

        /// A channel for writing to `file`.
        static FileChannel openChannel(Path file) throws IOException {
            if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                return FileChannel.open(file, OPTIONS);
            }
            var permissions = PosixFilePermissions.fromString(MODE);
            var channel =
                    FileChannel.open(
                            file, OPTIONS, PosixFilePermissions.asFileAttribute(permissions));
            // For a file that was there before.
            Files.setPosixFilePermissions(file, permissions);
            return channel;
        }

        @Override
        public void write(ByteBuffer bytes, long at) throws IOException {
            long to = at;
            while (bytes.hasRemaining()) {
                to += channel.write(bytes, to);
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
