package io.pointsman.gateway;

import static io.pointsman.gateway.OneModel.body;
import static io.pointsman.gateway.OneModel.call;
import static io.pointsman.gateway.OneModel.raw;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.gateway.accounting.Outcome;
import io.pointsman.gateway.accounting.RequestRecord;
import io.pointsman.gateway.http.RequestGate;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import reactor.netty.http.server.HttpServer;

class LateBodyTest {

    private final RequestGate gate = new RequestGate(1);
    private final BlockingQueue<RequestRecord> records = new LinkedBlockingQueue<>();

    @Test
    void aBodyThatDoesNotComeIsTheClientsFault() throws Exception {
        var chat = OneModel.endpoint(new FakeBackend("small"), gate, records::add);
        var server =
                HttpServer.create()
                        .host("127.0.0.1")
                        .port(0)
                        .requestTimeout(Duration.ofMillis(100))
                        .handle(chat)
                        .bindNow();
        var request = raw(body("fast", ""));

        try (var call = call(server.port(), Arrays.copyOf(request, request.length - 1))) {
            assertThat(call.head()).startsWith("HTTP/1.1 408");
            assertThat(call.rest()).contains("\"code\":\"request_timeout\"");
        } finally {
            server.disposeNow();
        }

        assertThat(gate.awaitIdle(Duration.ofSeconds(20))).isTrue();
        assertThat(records)
                .singleElement()
                .extracting(RequestRecord::outcome)
                .isEqualTo(Outcome.INVALID);
    }
}
