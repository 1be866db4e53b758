package io.pointsman.system;

import static io.pointsman.backends.FakeUpstream.chunk;
import static io.pointsman.backends.FakeUpstream.finish;
import static io.pointsman.system.RunningGateway.body;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A client that reads slowly holds the server back that it gets its answer from, instead of
/// filling the gateway's memory.
@Timeout(60)
class SlowReaderTest {

    private static final int EVENT = 1_000;
    private static final long TOTAL = 256L << 20;

    /// What the system's socket buffers on both sides of the gateway may hold, and the gateway.
    private static final long BOUND = 32L << 20;

    @Test
    void t06_aSlowReaderHoldsTheServerBack() throws Exception {
        var written = new AtomicLong();
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var serving = CompletableFuture.runAsync(() -> serve(server, written));
            try (var gateway =
                            RunningGateway.start(
                                    """
                                    backends: {only: {base-url: "http://127.0.0.1:%d/v1", model: m, limits: {max-response-bytes: 1GiB, repeated-chunks: 0}}}
                                    pools: {fast: [only]}
                                    policies: {default: fast}
                                    """
                                            .formatted(server.getLocalPort()));
                    var socket = new Socket()) {
                socket.setReceiveBufferSize(8 << 10);
                socket.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port()));
                socket.getOutputStream().write(raw(body("fast", "Hello", ",\"stream\":true")));

                readSlowly(socket, 8);
                long held = settled(written, socket);

                assertThat(held).isLessThan(BOUND);
                assertThat(serving).isNotDone();
            }
            serving.get(20, TimeUnit.SECONDS);
        }
    }

    /// Reads a kilobyte at a time, with pauses.
    private static void readSlowly(Socket socket, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            assertThat(socket.getInputStream().readNBytes(1 << 10)).hasSize(1 << 10);
            pause();
        }
    }

    /// What the server has got rid of once it makes no headway any more.
    private static long settled(AtomicLong written, Socket socket) throws Exception {
        long before = -1;
        while (written.get() != before && written.get() < BOUND) {
            before = written.get();
            readSlowly(socket, 5);
        }
        return written.get();
    }

    private static void pause() throws Exception {
        new CompletableFuture<Void>().completeOnTimeout(null, 50, TimeUnit.MILLISECONDS).get();
    }

    /// Answers one call as fast as it can, until all is written or the connection breaks.
    private static void serve(ServerSocket server, AtomicLong written) {
        try (var socket = server.accept()) {
            socket.setSendBufferSize(64 << 10);
            int seen = 0;
            for (int b = socket.getInputStream().read();
                    b >= 0 && seen < 4;
                    b = socket.getInputStream().read()) {
                seen = b == (seen % 2 == 0 ? '\r' : '\n') ? seen + 1 : 0;
                if (seen == 4) {
                    break;
                }
            }
            var out = socket.getOutputStream();
            out.write(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
                            .getBytes(UTF_8));
            stream(out, written);
        } catch (IOException _) {
            // The gateway has hung up.
        }
    }

    private static void stream(OutputStream out, AtomicLong written) throws IOException {
        var event =
                ("data: " + chunk("{\"content\":\"" + "x".repeat(EVENT) + "\"}") + "\n\n")
                        .getBytes(UTF_8);
        while (written.get() < TOTAL) {
            out.write(event);
            written.addAndGet(event.length);
        }
        out.write(("data: " + finish("stop") + "\n\n").getBytes(UTF_8));
    }

    private static byte[] raw(String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(body.length(), body)
                .getBytes(UTF_8);
    }
}
