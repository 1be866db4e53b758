package io.pointsman.gateway;

import static io.pointsman.gateway.FakeBackend.CHUNKS;
import static io.pointsman.gateway.OneModel.answer;
import static io.pointsman.gateway.OneModel.body;
import static io.pointsman.gateway.OneModel.broken;
import static io.pointsman.gateway.OneModel.call;
import static io.pointsman.gateway.OneModel.chat;
import static io.pointsman.gateway.OneModel.get;
import static io.pointsman.gateway.OneModel.health;
import static io.pointsman.gateway.OneModel.send;
import static io.pointsman.gateway.OneModel.start;
import static io.pointsman.gateway.OneModel.uri;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.ChatEvent;
import io.pointsman.api.FinishReason;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.json.JsonMapper;

/// What the edge owes a client while nothing, too much or the end happens, over real sockets.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class EdgeTest {

    private static final String STREAM = ",\"stream\":true";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final FakeBackend model = new FakeBackend("small");
    private final GatewayServer server = start(model, "");

    @BeforeEach
    void reset() {
        model.reset();
    }

    @AfterAll
    void close() {
        server.close();
        client.close();
    }

    @Test
    void t24_pingsWhileTheModelIsSilentAndStopsAtTheEnd() throws Exception {
        var end = Sinks.many().unicast().<ChatEvent>onBackpressureBuffer();
        model.answers(end.asFlux());

        try (var call = call(server, STREAM)) {
            var head = call.head();
            assertThat(head).startsWith("HTTP/1.1 200").contains("text/event-stream");
            assertThat(head).contains("x-pointsman-route: fast");
            assertThat(call.lines(": ping", 3)).hasSize(3);
            answer("Hello").forEach(event -> end.tryEmitNext(event).orThrow());
            var rest = call.until("data: [DONE]");
            end.tryEmitComplete().orThrow();

            assertThat(rest).anyMatch(line -> line.contains("\"content\":\"Hello\""));
            assertThat(call.rest()).doesNotContain("ping");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Connection: keep-alive\r\n"})
    void aClientOfHttp10GetsNoChunkedFraming(String header) throws Exception {
        model.answers(Flux.fromIterable(answer("Hello")));

        try (var call = call(server, "HTTP/1.0", header, STREAM)) {
            var head = call.head();
            assertThat(head).startsWith("HTTP/1.").contains(" 200 OK\n");
            assertThat(head.toLowerCase(Locale.ROOT))
                    .doesNotContain("transfer-encoding", "keep-alive");
            var lines = call.rest().lines().filter(line -> !line.isEmpty()).toList();

            assertThat(lines).allMatch(line -> line.startsWith("data: ") || line.startsWith(": "));
            assertThat(lines).last().isEqualTo("data: [DONE]");
        }
    }

    @Test
    void t24_aFailureAfterAPingIsAnEventAndTheEnd() throws Exception {
        var end = Sinks.many().unicast().<ChatEvent>onBackpressureBuffer();
        model.answers(end.asFlux());

        try (var call = call(server, STREAM)) {
            call.head();
            call.lines(": ping", 1);
            end.tryEmitError(broken()).orThrow();
            var all = call.rest();

            assertThat(all).contains("\"code\":\"bad_upstream_response\"").doesNotContain("[DONE]");
            assertThat(call.closed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void t24_aClientThatDoesNotStreamIsKeptByNewlinesBeforeTheJson(boolean fails) throws Exception {
        var end = Sinks.many().unicast().<ChatEvent>onBackpressureBuffer();
        model.answers(end.asFlux());
        var asked = client.sendAsync(chat(server, ""), BodyHandlers.ofInputStream());

        var response = asked.get(20, TimeUnit.SECONDS);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(response.body().read()).isEqualTo('\n');
        if (fails) {
            end.tryEmitError(broken()).orThrow();
        } else {
            answer("Hello").forEach(event -> end.tryEmitNext(event).orThrow());
            end.tryEmitComplete().orThrow();
        }

        var json = JsonMapper.shared().readTree(response.body().readAllBytes());
        if (fails) {
            assertThat(json.at("/error/code").asString()).isEqualTo("bad_upstream_response");
        } else {
            assertThat(json.at("/choices/0/message/content").asString()).isEqualTo("Hello");
        }
    }

    @Test
    void t18_aFailureBeforeAnyByteKeepsItsStatus() throws Exception {
        model.answers(Flux.error(broken()));

        assertThat(send(client, server, STREAM).statusCode()).isEqualTo(502);
    }

    @Test
    void t19_aStreamThatFailsEndsWithAnErrorAndTheConnection() throws Exception {
        model.answers(Flux.<ChatEvent>just(CHUNKS.content("Hel")).concatWith(Flux.error(broken())));

        try (var call = call(server, STREAM)) {
            call.head();
            var all = call.rest();

            assertThat(all).contains("Hel").contains("\"error\":{");
            assertThat(all).doesNotContain("[DONE]").doesNotContain("\"finish_reason\":\"stop\"");
            assertThat(call.closed()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0",
        "',\"stream_options\":{\"include_usage\":false}', 0",
        "',\"stream_options\":null', 0",
        "',\"stream_options\":{\"include_usage\":true}', 1"
    })
    void t16_usageGoesOnceToWhoeverAsked(String options, int times) throws Exception {
        model.answers(Flux.fromIterable(answer("Hello")));

        var events =
                send(client, server, STREAM + options)
                        .body()
                        .lines()
                        .filter(line -> line.startsWith("data: "))
                        .toList();

        var usages = events.stream().filter(event -> event.contains("\"usage\"")).toList();
        assertThat(usages).hasSize(times);
        assertThat(events.getLast()).isEqualTo("data: [DONE]");
        if (times == 1) {
            assertThat(events.get(events.size() - 2)).isEqualTo(usages.getFirst());
            assertThat(usages.getFirst()).contains("\"choices\":[]");
            assertThat(events.get(events.size() - 3)).contains("\"finish_reason\":\"stop\"");
        }
    }

    @Test
    void t39_theFirstChunkDoesNotWaitForTheNext() throws Exception {
        model.answers(Flux.<ChatEvent>just(CHUNKS.content("Hel")).concatWith(Flux.never()));

        try (var call = call(server, STREAM)) {
            var head = call.head();

            assertThat(head)
                    .containsIgnoringCase("cache-control: no-cache")
                    .containsIgnoringCase("x-accel-buffering: no")
                    .doesNotContainIgnoringCase("content-encoding");
            assertThat(call.lines("data: ", 1).getFirst()).contains("Hel");
        }
    }

    /// What is asked of the backend ahead of a reader that has stopped is bounded, and all of it
    /// arrives once the reader goes on.
    @Test
    void t06_aReaderThatStopsStopsTheBackend() throws Exception {
        int total = 20_000;
        var asked = new AtomicLong();
        var text = "x".repeat(4_000);
        model.answers(
                Flux.range(0, total)
                        .doOnRequest(asked::addAndGet)
                        .<ChatEvent>map(_ -> CHUNKS.content(text))
                        .concatWith(
                                Flux.just(
                                        CHUNKS.finish(0, FinishReason.STOP),
                                        new ChatEvent.Finished(
                                                FinishReason.STOP, FakeBackend.USAGE))));

        try (var call = call(server, STREAM)) {
            call.head();
            var still = asked.get();
            for (var now = -1L; now != still; ) {
                now = still;
                // A while in which a stream that nothing holds back would have gone far.
                assertThat(server.port()).isPositive();
                new CompletableFuture<Void>()
                        .completeOnTimeout(null, 300, TimeUnit.MILLISECONDS)
                        .get();
                still = asked.get();
            }

            // Socket buffers of the system hold some megabytes, whatever we do.
            assertThat(still * 4_000).isLessThan(total * 4_000L / 4);
            long bytes = call.drain();
            assertThat(bytes).isGreaterThan(total * 4_000L);
        }
    }

    @Test
    void t59_moreRequestsThanTheBoundAreRefusedAndPermitsComeBack() throws Exception {
        model.answers(Flux.<ChatEvent>just(CHUNKS.content("Hel")).concatWith(Flux.never()));
        var calls = new ArrayList<OneModel.Call>();
        for (int i = 0; i < 3; i++) {
            calls.add(call(server, STREAM));
            calls.getLast().head();
        }

        var refused = send(client, server, "");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("retry-after")).hasValue("1");
        assertThat(refused.body())
                .contains("server_overloaded")
                .contains("max-concurrent-requests");
        assertThat(health(client, server, "liveness")).contains("UP");

        for (var call : calls) {
            call.close();
        }
        awaitUnderWay(0);
        model.reset();
        assertThat(send(client, server, "").statusCode()).isEqualTo(200);
    }

    /// Whatever ends a request gives its permit back.
    @Test
    void t03_permitsComeBackFromEveryEnd() throws Exception {
        var random = new Random(3);
        for (int i = 0; i < 200; i++) {
            var stream = random.nextBoolean() ? STREAM : "";
            var text = Flux.<ChatEvent>just(CHUNKS.content("Hel"));
            switch (random.nextInt(6)) {
                case 0 -> model.answers(Flux.fromIterable(answer("Hello")));
                case 1 -> model.answers(Flux.error(broken()));
                case 2 -> model.answers(text.concatWith(Flux.error(broken())));
                case 3 -> model.answers(Flux.error(new IllegalArgumentException("a bug")));
                case 4 -> model.answers(text.concatWith(Flux.never()));
                default -> model.answers(Flux.never());
            }
            try (var call = call(server, stream)) {
                if (random.nextBoolean()) {
                    call.head();
                }
            }
        }

        awaitUnderWay(0);
    }

    @Test
    void t57_livenessNeedsNoBackend() throws Exception {
        model.answers(Flux.error(broken()));
        send(client, server, "");

        assertThat(health(client, server, "liveness")).contains("UP");
        assertThat(health(client, server, "readiness")).contains("UP");
    }

    @Test
    void t56_junkModelNamesMakeNoSeries() throws Exception {
        send(client, server, "");
        var before = series();

        for (int i = 0; i < 1_000; i++) {
            var body = body("junk-" + i, "");
            assertThat(
                            client.send(
                                            HttpRequest.newBuilder(uri(server))
                                                    .POST(BodyPublishers.ofString(body))
                                                    .build(),
                                            BodyHandlers.discarding())
                                    .statusCode())
                    .isEqualTo(404);
        }

        var after = new ArrayList<>(series());
        after.removeAll(before);
        assertThat(after)
                .allSatisfy(name -> assertThat(name).doesNotContain("junk"))
                .hasSizeLessThanOrEqualTo(1);
    }

    private List<String> series() throws Exception {
        return get(client, server.managementPort(), "/actuator/prometheus")
                .lines()
                .filter(line -> line.startsWith("pointsman_"))
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .toList();
    }

    private void awaitUnderWay(int count) throws Exception {
        var line = "pointsman_requests_under_way " + count + ".0";
        while (get(client, server.managementPort(), "/actuator/prometheus")
                .lines()
                .noneMatch(line::equals)) {
            Thread.onSpinWait();
        }
    }
}
