package io.pointsman.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// What the system holds of the TCP connections of this machine, as Linux tells it.
final class SocketBuffers {

    /// More than the system's buffers of one connection hold with usual settings; what is taken
    /// where it does not tell.
    private static final long MOST = 16 << 20;

    private static final List<Path> TABLES =
            List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

    private SocketBuffers() {}

    /// Bytes that wait to be sent from the port `from` to the port `to`, and those that have
    /// arrived there and wait to be read.
    static long between(int from, int to) throws IOException {
        long sum = 0;
        for (var table : TABLES) {
            if (!Files.exists(table)) {
                return MOST;
            }
            for (var line : Files.readAllLines(table)) {
                var columns = line.strip().split("\\s+", -1);
                sum += waiting(columns, from, to, 0) + waiting(columns, to, from, 1);
            }
        }
        return sum;
    }

    /// @param queue 0 for what is to be sent, 1 for what is to be read
    private static long waiting(String[] columns, int local, int remote, int queue) {
        return columns[1].endsWith(port(local)) && columns[2].endsWith(port(remote))
                ? Long.parseLong(columns[4].split(":", -1)[queue], 16)
                : 0;
    }

    private static String port(int port) {
        return String.format(Locale.ROOT, ":%04X", port);
    }
}
