package io.pointsman.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Classification;
import io.pointsman.api.Tenant;
import io.pointsman.gateway.accounting.Ticker;
import io.pointsman.gateway.admission.ApiKeys;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.config.SecretResolver;
import io.pointsman.gateway.ledger.SpoolReader;
import io.pointsman.gateway.ledger.UsageQuery;
import io.pointsman.gateway.routing.ModelCatalog;
import io.pointsman.gateway.routing.Routing;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the ledger tells, over real sockets.
class LedgerHttpTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant LONG_AGO = Instant.EPOCH;

    @TempDir private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private GatewayServer server;

    @BeforeEach
    void start() {
        var config =
                GatewayConfigLoader.parse(
                        "test.yaml",
                        """
                        server: {port: 0}
                        management: {port: 0}
                        backends:
                          small: {base-url: "http://localhost:1/v1", model: m, context-length: 4096}
                        pools: {fast: [small]}
                        policies: {default: fast}
                        """);
        var small = new FakeBackend("small");
        var registry = Backends.registry(config.pools(), Map.of("small", Backends.guard(small)));
        var routing =
                new Routing(
                        new ModelCatalog(Map.of("fast", 4096), Map.of()),
                        _ -> Classification.Scored.of(0.1, List.of()),
                        config.policies().policy(),
                        registry,
                        Ticker.SYSTEM,
                        config.policyVersion());
        server =
                GatewayServer.start(
                        config,
                        new Gateway(
                                ApiKeys.none(),
                                name -> new Tenant(name, true),
                                routing,
                                new Backends(registry, List.of()),
                                config),
                        new SecretResolver(
                                Map.of("POINTSMAN_DATA", folder.toString()), Files::readString));
    }

    @AfterEach
    void close() {
        server.close();
        client.close();
    }

    @Test
    void t56_tellsUsageOnTheManagementPortWithJunkModelsAsOne() throws Exception {
        assertThat(chat("auto").statusCode()).isEqualTo(200);
        assertThat(chat("fast").statusCode()).isEqualTo(200);
        for (int i = 0; i < 50; i++) {
            assertThat(chat("junk-" + i).statusCode()).isEqualTo(404);
        }

        var usage = awaitRequests(52);

        assertThat(usage.at("/rows").valueStream().map(row -> row.at("/model").asString()))
                .containsExactly("auto", "fast", "other");
        assertThat(usage.at("/total/completed").asLong()).isEqualTo(2);
        assertThat(usage.at("/total/failed").asLong()).isEqualTo(50);
        assertThat(usage.at("/total/completion_tokens").asLong()).isEqualTo(12);
        assertThat(usage.at("/total/cost_usd").decimalValue()).isEqualByComparingTo("0.000136");
        assertThat(management("/v1/usage?by=tenant,backend&format=table&from=1h").body())
                .contains("tenant", "anonymous", "small");
        assertThat(management("/v1/usage?format=csv").headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/csv"));
    }

    @Test
    void tellsNothingOnTheClientsPort() throws Exception {
        assertThat(get(server.port(), "/v1/usage").statusCode()).isEqualTo(404);
    }

    @Test
    void clientsPathsAreNotOnTheManagementPort() throws Exception {
        assertThat(management("/v1/models").statusCode()).isEqualTo(404);
        assertThat(management("/v1/chat/completions").statusCode()).isEqualTo(404);
    }

    @Test
    void saysWhatIsWrongWithAQuestion() throws Exception {
        var response = management("/v1/usage?by=colour");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("by may name tenant, model, route, backend, hour");
        assertThat(management("/v1/usage?from=yesterday").statusCode()).isEqualTo(400);
        assertThat(management("/v1/usage?format=xml").statusCode()).isEqualTo(400);
    }

    @Test
    void isReadyWhileTheLedgerIs() throws Exception {
        var response = management("/actuator/health/readiness");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(response.body()).at("/status").asString()).isEqualTo("UP");
    }

    @Test
    void whatIsWrittenOutlivesTheGateway() throws Exception {
        assertThat(chat("auto").statusCode()).isEqualTo(200);
        server.close();

        var report =
                SpoolReader.usage(
                        folder.resolve("ledger"),
                        new UsageQuery(List.of(), LONG_AGO, Instant.now().plusSeconds(1)));
        assertThat(report.total().completed()).isEqualTo(1);
    }

    @Test
    void aRequestWithoutAKnownKeyIsRecordedToo() throws Exception {
        var request =
                HttpRequest.newBuilder(uri(server.port(), "/v1/chat/completions"))
                        .POST(BodyPublishers.ofString("{"));

        assertThat(client.send(request.build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(400);

        assertThat(awaitRequests(1).at("/rows/0/model").asString()).isEqualTo("none");
    }

    /// Asks until the records are written, which takes a few milliseconds.
    private JsonNode awaitRequests(long count) throws IOException, InterruptedException {
        var deadline = System.nanoTime() + 20_000_000_000L;
        while (true) {
            var usage = JSON.readTree(management("/v1/usage?by=model").body());
            if (usage.at("/total/requests").asLong() >= count || System.nanoTime() > deadline) {
                assertThat(usage.at("/total/requests").asLong()).isEqualTo(count);
                return usage;
            }
        }
    }

    private HttpResponse<String> chat(String model) throws IOException, InterruptedException {
        var body =
                "{\"model\":\""
                        + model
                        + "\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
        var request =
                HttpRequest.newBuilder(uri(server.port(), "/v1/chat/completions"))
                        .POST(BodyPublishers.ofString(body));
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> management(String path) throws IOException, InterruptedException {
        return get(server.managementPort(), path);
    }

    private HttpResponse<String> get(int port, String path)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri(port, path)).build(), BodyHandlers.ofString());
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
