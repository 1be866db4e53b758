package io.pointsman.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pointsman.api.Tenant;
import io.pointsman.gateway.accounting.Ledger;
import io.pointsman.gateway.accounting.Outcome;
import io.pointsman.gateway.accounting.RequestRecord;
import io.pointsman.gateway.admission.ApiKeys;
import io.pointsman.gateway.admission.Authenticator;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.dispatch.Dispatcher;
import io.pointsman.gateway.learning.Learning;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import reactor.netty.http.server.HttpServer;

class FullLedgerTest {

    private final List<RequestRecord> records = new CopyOnWriteArrayList<>();

    @Test
    void aRequestThatCannotBeRecordedIsRefusedBeforeAnybodyIsCalled() throws Exception {
        var chat =
                new ChatEndpoint(
                        new Entrance(new RequestGate(1), new SimpleMeterRegistry()),
                        new Authenticator(ApiKeys.none(), name -> new Tenant(name, true)),
                        GatewayConfigLoader.builtIn().server(),
                        () -> {
                            throw new AssertionError("nothing is routed");
                        },
                        new Dispatcher(_ -> {
                            throw new AssertionError("nothing is called");
                        }),
                        new Full(),
                        Learning.Off.OFF,
                        () -> Instant.EPOCH);
        var server = HttpServer.create().host("127.0.0.1").port(0).handle(chat).bindNow();
        try (var client = HttpClient.newHttpClient()) {
            var uri = URI.create("http://127.0.0.1:" + server.port() + "/v1/chat/completions");

            var response =
                    client.send(
                            HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString("{}")).build(),
                            BodyHandlers.ofString());

            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body()).contains("\"code\":\"ledger_full\"");
            assertThat(response.headers().firstValue("retry-after")).isPresent();
        } finally {
            server.disposeNow();
        }
        assertThat(records).extracting(RequestRecord::outcome).containsExactly(Outcome.LEDGER_FULL);
    }

    /// A ledger that takes no new requests.
    private final class Full implements Ledger {

        @Override
        public void record(RequestRecord request) {
            records.add(request);
        }

        @Override
        public boolean accepting() {
            return false;
        }
    }
}
