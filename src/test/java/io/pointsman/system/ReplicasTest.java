package io.pointsman.system;

import static io.pointsman.system.RunningGateway.body;
import static io.pointsman.system.RunningGateway.fact;
import static io.pointsman.system.RunningGateway.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

/// A backend whose replicas come, go, fall ill and get busy while the gateway runs.
@Timeout(60)
class ReplicasTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String HELLO = body("fast", "Hello", "");

    private final Path folder;
    private final FakeEngine a = FakeEngine.start("a");
    private final FakeEngine b = FakeEngine.start("b");
    private final RunningGateway gateway;

    ReplicasTest(@TempDir Path folder) throws Exception {
        this.folder = folder;
        list(a, b);
        gateway =
                RunningGateway.start(
                        """
                        backends:
                          r1:
                            base-url: http://r1.invalid/v1
                            model: m
                            engine: vllm
                            probe: {every: 1s}
                            discovery: {file: "%s", refresh: 1s}
                        pools: {fast: [r1]}
                        policies: {default: fast}
                        """
                                .formatted(file()));
    }

    @AfterEach
    void close() {
        gateway.close();
        a.close();
        b.close();
    }

    @Test
    void sharesRequestsAndSaysWhoAnswered() throws Exception {
        var rest = Sinks.<Void>empty();
        a.waitFor(rest.asMono());
        b.waitFor(rest.asMono());
        var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    gateway.request("/chat/completions")
                            .POST(BodyPublishers.ofString(HELLO))
                            .build();
            for (int i = 1; i <= 40; i++) {
                answers.add(client.sendAsync(request, BodyHandlers.ofString()));
                int all = i;
                await(() -> a.chats() + b.chats() == all);
            }
            rest.tryEmitEmpty();
            for (var pending : answers) {
                var answer = pending.get();
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                var text = json(answer).at("/choices/0/message/content").asString();
                assertThat(fact(answer, "backend")).isEqualTo(name(text.equals("I am a") ? a : b));
            }
        }

        assertThat(a.chats()).isGreaterThan(2);
        assertThat(b.chats()).isGreaterThan(2);
    }

    @Test
    void t53_letsAStreamEndWhoseReplicaHasGone() throws Exception {
        var rest = Sinks.<Void>empty();
        a.waitFor(rest.asMono());
        list(a);
        await(() -> candidates().equals(List.of(name(a))));
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    gateway.request("/chat/completions")
                            .POST(
                                    BodyPublishers.ofString(
                                            body("fast", "Hello", ",\"stream\":true")))
                            .build();
            var stream = client.send(request, BodyHandlers.ofInputStream()).body();
            try (var reader =
                    new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                assertThat(reader.readLine()).contains("I am ");

                list(b);
                await(() -> candidates().equals(List.of(name(b))));
                assertThat(fact(gateway.chat(HELLO), "backend")).isEqualTo(name(b));
                rest.tryEmitEmpty();

                assertThat(reader.lines().filter(line -> !line.isBlank()).toList())
                        .anySatisfy(line -> assertThat(line).contains("\"a\""))
                        .last()
                        .isEqualTo("data: [DONE]");
            }
        }
    }

    @Test
    void keepsTheLastGoodListWhereTheFileIsBroken() throws Exception {
        Files.writeString(file(), "what is this\n");

        await(() ->
                gateway.management("/actuator/prometheus")
                        .contains(
                                "pointsman_backend_discovery_failures_total{backend=\"r1\"} 1.0"));

        assertThat(candidates()).containsExactlyInAnyOrder(name(a), name(b));
        assertThat(gateway.chat(HELLO).statusCode()).isEqualTo(200);
    }

    @Test
    void t57_probesWithoutTokensAndSendsNothingToAReplicaThatIsIll() throws Exception {
        a.health(503);
        await(() -> candidates().equals(List.of(name(b))));
        a.health(200);
        await(() -> candidates().size() == 2);

        assertThat(a.seen()).isNotEmpty().containsOnly("GET /health", "GET /metrics");
    }

    @Test
    void asksTheReplicaWithTheShorterQueue() throws Exception {
        b.queue(50);
        await(() -> candidate(name(b)).at("/queue_depth").asInt() == 50);

        for (int i = 0; i < 20; i++) {
            assertThat(fact(gateway.chat(HELLO), "backend")).isEqualTo(name(a));
        }
        assertThat(candidate(name(b)).at("/kv_utilisation").asDouble()).isEqualTo(0.5);
    }

    @Test
    void asksTheReplicaThatHasReadThePromptBefore() throws Exception {
        var first = "Once upon a time. ".repeat(100);
        var knows = fact(gateway.chat(body("fast", first, "")), "backend");

        for (int i = 0; i < 20; i++) {
            var next = gateway.chat(body("fast", first + i, ""));
            assertThat(fact(next, "backend")).isEqualTo(knows);
        }
    }

    @Test
    void t56_namesReplicasInNoMetricButThoseThatGoWithThem() throws Exception {
        for (int i = 0; i < 10; i++) {
            gateway.chat(HELLO);
        }
        await(() ->
                metrics()
                        .contains(
                                "pointsman_replica_queue_depth{backend=\"r1\",replica=\""
                                        + name(b)));

        assertThat(metrics().lines().filter(line -> line.contains("@")))
                .isNotEmpty()
                .allMatch(line -> line.startsWith("pointsman_replica_"));
        assertThat(metrics())
                .contains(
                        "pointsman_backend_replicas{backend=\"r1\"} 2.0",
                        "pointsman_backend_replicas_available{backend=\"r1\"} 2.0",
                        "pointsman_backend_in_flight{backend=\"r1\"} 0.0",
                        "pointsman_requests_total{backend=\"r1\",outcome=\"completed\",route=\"fast\"} 10.0");
        list(a);
        await(() -> !metrics().contains(name(b)));
        assertThat(metrics()).contains(name(a));
    }

    private Path file() {
        return folder.resolve("replicas.txt");
    }

    /// Replaces the list as a whole, as a ConfigMap's volume does.
    private void list(FakeEngine... engines) throws Exception {
        var text = String.join("\n", Arrays.stream(engines).map(FakeEngine::address).toList());
        var next = Files.writeString(folder.resolve("next.txt"), text);
        Files.move(
                next, file(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String name(FakeEngine engine) {
        return "r1@" + engine.address();
    }

    private List<String> candidates() throws Exception {
        return route().valueStream().map(it -> it.at("/backend").asString()).sorted().toList();
    }

    private JsonNode candidate(String name) throws Exception {
        return route().valueStream()
                .filter(it -> it.at("/backend").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private JsonNode route() throws Exception {
        var answer = gateway.send(gateway.request("/route").POST(BodyPublishers.ofString(HELLO)));
        return json(answer).at("/candidates");
    }

    private String metrics() throws Exception {
        return gateway.management("/actuator/prometheus");
    }

    /// Asks again and again; each time waits for answers over sockets.
    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("has waited too long").isLessThan(end);
        }
    }
}
