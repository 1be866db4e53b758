package io.pointsman.gateway;

import static io.pointsman.backends.FakeUpstream.chunk;
import static io.pointsman.backends.FakeUpstream.finish;
import static io.pointsman.gateway.OneModel.body;
import static io.pointsman.gateway.OneModel.uri;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Classification;
import io.pointsman.backends.FakeUpstream;
import io.pointsman.backends.FakeUpstream.Reply;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.config.SecretResolver;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a client is told while nobody can be asked, and who is asked when not everybody can.
@Timeout(60)
class AvailabilityTest {

    private static final Reply ANSWER = Reply.events(chunk("{\"content\":\"Hi\"}"), finish("stop"));

    private final HttpClient client = HttpClient.newHttpClient();
    private final FakeUpstream one = FakeUpstream.start();
    private final FakeUpstream two = FakeUpstream.start();
    private final GatewayServer server = start();

    private GatewayServer start() {
        var config =
                GatewayConfigLoader.parse(
                        "test.yaml",
                        """
                        server: {port: 0}
                        management: {port: 0}
                        backends:
                          one: {base-url: "%s", model: m, context-length: 100, cooldown: 40s, breaker: {window: 1, minimum-calls: 1, open-for: 50s}}
                          two: {base-url: "%s", model: m, context-length: 4000, cooldown: 20s, breaker: {window: 1, minimum-calls: 1, open-for: 30s}}
                        pools: {fast: {backends: [one, two], max-attempts: 2}}
                        policies: {default: fast}
                        """
                                .formatted(one.baseUrl(), two.baseUrl()));
        return GatewayServer.start(
                config,
                Gateway.create(
                        config,
                        new SecretResolver(Map.of(), Files::readString),
                        (_, _) -> _ -> Classification.Scored.of(0.1, List.of())));
    }

    @AfterEach
    void close() {
        server.close();
        one.close();
        two.close();
        client.close();
    }

    @Test
    void t59_whileAllQuotasCoolItIsA429UntilTheFirstIsBack() throws Exception {
        one.answers(Reply.of(429, "text/plain", ""));
        two.answers(Reply.of(429, "text/plain", ""));
        ask("hello");

        var refused = ask("hello");

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("rate_limit_exceeded", "'one'", "'two'", "cooling");
        assertThat(retryAfter(refused)).isBetween(10L, 20L);
        assertThat(one.calls().size() + two.calls().size()).isEqualTo(2);
    }

    @Test
    void t59_whileABreakerIsOpenItIsA503UntilTheFirstIsBack() throws Exception {
        one.answers(Reply.of(500, "text/plain", ""));
        two.answers(Reply.of(500, "text/plain", ""));
        ask("hello");

        var refused = ask("hello");

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("no_backend_available", "circuit is open");
        assertThat(retryAfter(refused)).isBetween(20L, 30L);
    }

    @Test
    void t32_aPromptGoesStraightToWhoseContextItFits() throws Exception {
        one.answers(ANSWER);
        two.answers(ANSWER);

        for (int i = 0; i < 20; i++) {
            assertThat(ask("word ".repeat(400)).statusCode()).isEqualTo(200);
        }

        assertThat(one.calls()).isEmpty();
        assertThat(two.calls()).hasSize(20);
    }

    @Test
    void t32_aPromptThatFitsNowhereIsNotSentAnywhere() throws Exception {
        var refused = ask("word ".repeat(9_000));

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("context_length_exceeded", "4000");
        assertThat(one.calls()).isEmpty();
        assertThat(two.calls()).isEmpty();
    }

    private HttpResponse<String> ask(String text) throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri(server))
                        .POST(BodyPublishers.ofString(body("fast", "").replace("hello", text)))
                        .build(),
                BodyHandlers.ofString());
    }

    private static long retryAfter(HttpResponse<String> response) {
        return response.headers().firstValueAsLong("retry-after").orElseThrow();
    }
}
