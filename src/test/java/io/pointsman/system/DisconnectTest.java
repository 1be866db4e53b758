package io.pointsman.system;

import static io.pointsman.backends.FakeUpstream.chunk;
import static io.pointsman.system.RunningGateway.body;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.backends.FakeUpstream;
import io.pointsman.backends.FakeUpstream.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A client that hangs up frees the server behind the gateway, whatever phase the answer is in.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class DisconnectTest {

    /// The middle one of so many counts, for one may meet a pause of the machine.
    private static final int TRIES = 7;

    private static final long PROMPTLY_MS = 100;

    private static final String STREAM = ",\"stream\":true";

    private final FakeUpstream upstream = FakeUpstream.start();
    private final RunningGateway gateway =
            RunningGateway.start(
                    """
                    backends: {only: {base-url: "%s", model: m}}
                    pools: {fast: [only]}
                    policies: {default: fast}
                    """
                            .formatted(upstream.baseUrl()));

    @AfterAll
    void close() {
        gateway.close();
        upstream.close();
    }

    @ParameterizedTest
    @CsvSource({"true, false", "true, true", "false, false", "false, true"})
    void t02_aHangUpBeforeTheFirstTokenReachesTheServerPromptly(boolean stream, boolean headers)
            throws Exception {
        upstream.answers(
                headers
                        ? Reply.events(chunk("{\"role\":\"assistant\",\"content\":\"\"}"))
                                .thenHang()
                        : Reply.hang());

        assertThat(hangUps(stream ? STREAM : "", false)).isLessThan(PROMPTLY_MS);
    }

    @Test
    void t01_aHangUpInMidStreamReachesTheServerPromptly() throws Exception {
        upstream.answers(Reply.events(chunk("{\"content\":\"Hel\"}")).thenHang());

        assertThat(hangUps(STREAM, true)).isLessThan(PROMPTLY_MS);
    }

    @Test
    void t02_aHangUpOfOneThatDoesNotStreamReachesTheServerInMidAnswer() throws Exception {
        upstream.answers(Reply.events(chunk("{\"content\":\"Hel\"}")).thenHang());

        assertThat(hangUps("", false)).isLessThan(PROMPTLY_MS);
    }

    /// How many milliseconds the server's connection outlives the client's, as a rule.
    private long hangUps(String more, boolean midstream) throws IOException {
        var times = new long[TRIES];
        for (int i = 0; i < TRIES; i++) {
            times[i] = hangUp(more, midstream);
        }
        Arrays.sort(times);
        return times[TRIES / 2] / 1_000_000;
    }

    private long hangUp(String more, boolean midstream) throws IOException {
        int before = upstream.calls().size();
        var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
        try (socket) {
            socket.getOutputStream().write(raw(body("fast", "Hello", more)));
            upstream.awaitCalls(before + 1);
            if (midstream) {
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }
        }
        long closed = System.nanoTime();
        upstream.awaitIdle();
        return System.nanoTime() - closed;
    }

    private static byte[] raw(String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(body.length(), body)
                .getBytes(UTF_8);
    }
}
