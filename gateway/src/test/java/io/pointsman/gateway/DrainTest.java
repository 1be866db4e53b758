package io.pointsman.gateway;

import static io.pointsman.gateway.FakeBackend.CHUNKS;
import static io.pointsman.gateway.OneModel.answer;
import static io.pointsman.gateway.OneModel.call;
import static io.pointsman.gateway.OneModel.health;
import static io.pointsman.gateway.OneModel.raw;
import static io.pointsman.gateway.OneModel.start;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.ChatEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// How a gateway ends. Each test has a gateway of its own, one at a time: one that closes takes the
/// event loops along that all servers of the process share.
@Timeout(60)
class DrainTest {

    private static final String STREAM = ",\"stream\":true";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void t55_aDrainFlipsReadinessRefusesNewAndEndsWhatIsLeft() throws Exception {
        var backend = new FakeBackend("small");
        var stopped = start(backend, "drain: {timeout: 1s}");
        backend.answers(Flux.<ChatEvent>just(CHUNKS.content("Hel")).concatWith(Flux.never()));
        var management = stopped.managementPort();
        CompletableFuture<Void> closing;
        try (var call = call(stopped, STREAM);
                var idle = new Socket(InetAddress.getLoopbackAddress(), stopped.port())) {
            call.head();
            call.lines("data: ", 1);
            closing = CompletableFuture.runAsync(stopped::close);
            awaitHealth(management, "readiness", "OUT_OF_SERVICE");
            assertThat(health(client, management, "liveness")).contains("UP");
            String refused;
            do {
                idle.getOutputStream().write(raw("{\"model\":\"fast\"}"));
                refused = answerOf(idle);
            } while (!refused.startsWith("HTTP/1.1 503"));
            assertThat(refused)
                    .containsIgnoringCase("connection: close")
                    .containsIgnoringCase("retry-after: ")
                    .contains("server_shutting_down");

            var all = call.rest();
            assertThat(all).contains("server_shutting_down").doesNotContain("[DONE]");
            assertThat(call.closed()).isTrue();
            backend.cancelled().get(10, TimeUnit.SECONDS);
        }
        closing.get(20, TimeUnit.SECONDS);
        stopped.close();
    }

    @Test
    void t55_aStreamThatEndsInTimeEndsWell() throws Exception {
        var backend = new FakeBackend("small");
        var stopped = start(backend, "drain: {timeout: 20s}");
        var end = Sinks.many().unicast().<ChatEvent>onBackpressureBuffer();
        backend.answers(Flux.<ChatEvent>just(CHUNKS.content("Hel")).concatWith(end.asFlux()));
        var management = stopped.managementPort();

        try (var call = call(stopped, STREAM)) {
            call.head();
            call.lines("data: ", 1);
            var closing = CompletableFuture.runAsync(stopped::close);
            awaitHealth(management, "readiness", "OUT_OF_SERVICE");
            answer("lo").forEach(event -> end.tryEmitNext(event).orThrow());
            end.tryEmitComplete().orThrow();

            assertThat(call.rest()).contains("[DONE]").doesNotContain("error");
            closing.get(20, TimeUnit.SECONDS);
        }
    }

    private void awaitHealth(int management, String probe, String status) throws Exception {
        while (!health(client, management, probe).contains(status)) {
            Thread.onSpinWait();
        }
    }

    /// A response with a length, as it stands on the wire.
    private static String answerOf(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        var all = new StringBuilder();
        int length = -1;
        while (length < 0 || all.length() < length) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                break;
            }
            all.append((char) b);
            int end = all.indexOf("\r\n\r\n");
            if (length < 0 && end > 0) {
                var head = all.toString().toLowerCase(java.util.Locale.ROOT);
                int at = head.indexOf("content-length: ") + "content-length: ".length();
                length = end + 4 + Integer.parseInt(head.substring(at, head.indexOf('\r', at)));
            }
        }
        return all.toString();
    }
}
