package io.pointsman.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification;
import io.pointsman.api.Classification.Chances;
import io.pointsman.api.Classification.Interval;
import io.pointsman.api.Classification.Novelty;
import io.pointsman.api.Classifier;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.Kind;
import io.pointsman.api.TaskType;
import io.pointsman.api.Tenant;
import io.pointsman.api.Tier;
import io.pointsman.backends.resilience.BreakerSettings;
import io.pointsman.backends.resilience.GuardedBackend;
import io.pointsman.gateway.accounting.Ticker;
import io.pointsman.gateway.admission.ApiKeys;
import io.pointsman.gateway.admission.KeyHash;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.routing.ModelCatalog;
import io.pointsman.gateway.routing.Routing;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The HTTP edge over real sockets, with scripted backends behind it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GatewayHttpTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static final Series COMPLETED =
            new Series("pointsman_requests_total", "outcome=\"completed\"");
    private static final Series CANCELLED =
            new Series("pointsman_requests_total", "outcome=\"cancelled\"");
    private static final Series UNKNOWN =
            new Series("pointsman_requests_total", "outcome=\"unknown_model\"");
    private static final Series REASONING =
            new Series("pointsman_tokens_total", "kind=\"reasoning\"");

    private static final String KEY = KeyHash.newKey();
    private static final String BOUND_KEY = KeyHash.newKey();

    private final HttpClient client = HttpClient.newHttpClient();
    private final FakeBackend small = new FakeBackend("small");
    private final FakeBackend spare = new FakeBackend("spare");
    private final FakeBackend deep = new FakeBackend("deep");
    private final GatewayServer server = start();

    /// What else there is in the configuration of the server.
    String more() {
        return "";
    }

    private GatewayServer start() {
        var config =
                GatewayConfigLoader.parse(
                        "test.yaml",
                        """
                        server: {port: 0, max-request-bytes: 64KiB%s}
                        management: {port: 0}
                        backends:
                          small: {base-url: "http://localhost:1/v1", model: m, context-length: 4096}
                          spare: {base-url: "http://localhost:1/v1", model: m, context-length: 4096}
                          deep: {base-url: "http://localhost:1/v1", model: m, context-length: 4096}
                        pools: {fast: [small, spare], reasoner: [deep]}
                        policies:
                          default: fast
                          aliases: {gpt-4o: auto}
                          rules:
                            - {name: hard, when: {difficulty-at-least: 0.5}, route: reasoner, fallback: [fast]}
                        """
                                .formatted(more()));
        var registry =
                Backends.registry(
                        config.pools(),
                        Map.of(
                                "small", guard(small),
                                "spare", busy(guard(spare)),
                                "deep", guard(deep)));
        var routing =
                new Routing(
                        new ModelCatalog(
                                Map.of("fast", 4096, "reasoner", 4096), Map.of("gpt-4o", "auto")),
                        new Judge(),
                        config.policies().policy(),
                        registry,
                        Ticker.SYSTEM,
                        "test");
        var keys =
                ApiKeys.parse(
                        "keys", "team-a:" + KeyHash.of(KEY) + "\nteam-b:" + KeyHash.of(BOUND_KEY));
        return GatewayServer.start(
                config,
                new Gateway(
                        keys,
                        name -> new Tenant(name, name.equals("team-a")),
                        routing,
                        new Backends(registry, List.of()),
                        config));
    }

    /// Has streams enough under way that the other one of its pool is asked first, however long its
    /// first tokens take.
    private static GuardedBackend busy(GuardedBackend backend) {
        for (int i = 0; i < 100; i++) {
            backend.tracker().begin();
            backend.tracker().firstToken(1);
        }
        return backend;
    }

    /// With a breaker that the failures of these tests do not open.
    private static GuardedBackend guard(FakeBackend backend) {
        return new GuardedBackend(
                backend,
                new BreakerSettings(1000, 1000, 100, Duration.ofSeconds(10), 1),
                Clock.systemUTC());
    }

    /// Judges by words of the last message.
    private static final class Judge implements Classifier {

        @Override
        public Classification classify(ChatRequest request) {
            return judged(request.messages().getLast().text());
        }

        @Override
        public Optional<Kind> kind(ChatRequest request) {
            return request.messages().getLast().text().contains("strange")
                    ? Optional.of(new Kind(TaskType.SMALL_TALK, Tier.COMPLEX))
                    : Optional.empty();
        }
    }

    private static Classification judged(String text) {
        if (text.contains("strange") || text.contains("vague")) {
            return new Classification.Scored(
                    0.61234,
                    Classification.Certainty.of(
                            text.contains("vague")
                                    ? new Interval(0.1, 0.95)
                                    : new Interval(0.5, 0.71),
                            new Novelty(0.87654, text.contains("strange"))),
                    new Chances(0.25, 0.75),
                    OptionalInt.of(1200),
                    List.of("test"),
                    Optional.empty());
        }
        if (text.contains("blank")) {
            return new Classification.Unknown(Classification.Cause.NO_TEXT);
        }
        return Classification.Scored.of(text.contains("hard") ? 0.9 : 0.1, List.of("test"));
    }

    @BeforeEach
    void reset() {
        List.of(small, spare, deep).forEach(FakeBackend::reset);
    }

    @AfterAll
    void close() {
        server.close();
        client.close();
    }

    @Test
    void routesByDifficultyAndSaysSo() throws Exception {
        var easy = post(chat("auto", "an easy one", ""));
        var hard = post(chat("gpt-4o", "a hard one", ""));

        assertThat(easy.statusCode()).isEqualTo(200);
        assertThat(header(easy, "route")).isEqualTo("fast");
        assertThat(header(easy, "backend")).isEqualTo("small");
        assertThat(header(easy, "difficulty")).isEqualTo("0.100");
        assertThat(header(easy, "attempts")).isEqualTo("1");
        assertThat(header(easy, "cost-usd")).isEqualTo("0.000068");
        assertThat(header(hard, "route")).isEqualTo("reasoner");
        assertThat(header(hard, "rule")).isEqualTo("hard");
        assertThat(header(hard, "reason")).contains("0.9");
    }

    @Test
    void foldsTheStreamForAClientThatDoesNotStream() throws Exception {
        var body = json(post(chat("auto", "an easy one", "")).body());

        assertThat(body.at("/object").asString()).isEqualTo("chat.completion");
        var message = body.at("/choices/0/message");
        assertThat(message.at("/content").asString()).isEqualTo("Hello from small");
        assertThat(message.at("/reasoning_content").asString()).isEqualTo("hm");
        assertThat(body.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(6);
        assertThat(body.at("/usage/completion_tokens_details/reasoning_tokens").asInt())
                .isEqualTo(2);
    }

    @Test
    void streamsWithoutUsageUnlessAsked() throws Exception {
        var response = post(chat("auto", "an easy one", ",\"stream\":true"));

        assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream");
        assertThat(response.headers().firstValue("x-accel-buffering")).hasValue("no");
        assertThat(header(response, "route")).isEqualTo("fast");
        var body = response.body();
        assertThat(body).endsWith("data: [DONE]\n\n").doesNotContain("\"usage\"");
        assertThat(body).contains(": pointsman {").contains("\"cost_usd\":0.000068");
    }

    @Test
    void endsAStreamWithOneUsageChunkThatTellsTheFacts() throws Exception {
        var response =
                post(
                        chat(
                                "auto",
                                "an easy one",
                                ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));

        var chunks = dataOf(response.body());
        var usage = json(chunks.get(chunks.size() - 2));
        assertThat(chunks.getLast()).isEqualTo("[DONE]");
        assertThat(chunks.stream().filter(chunk -> chunk.contains("\"usage\""))).hasSize(1);
        assertThat(usage.at("/choices").isEmpty()).isTrue();
        assertThat(usage.at("/usage/total_tokens").asInt()).isEqualTo(16);
        assertThat(usage.at("/pointsman/route").asString()).isEqualTo("fast");
        assertThat(usage.at("/pointsman/request_id").asString())
                .isEqualTo(header(response, "request-id"));
    }

    @ParameterizedTest
    @CsvSource({"reasoner, ", "auto:reasoner, ", "auto, reasoner", "fast, reasoner"})
    void aClientMayNameTheRoute(String model, String route) throws Exception {
        var request = request(chat(model, "an easy one", ""));
        if (route != null) {
            request.header("x-pointsman-route", route);
        }

        var response = send(request);

        assertThat(header(response, "route")).isEqualTo("reasoner");
        assertThat(response.headers().firstValue("x-pointsman-difficulty")).isEmpty();
    }

    @Test
    void aTenantThatMayNotChooseIsRefused() throws Exception {
        var response = send(bound(chat("reasoner", "hello", "")));

        assertError(response, 403, "permission_denied");
    }

    @Test
    void keepsTheRequestIdThatTheClientProposes() throws Exception {
        var response =
                send(request(chat("auto", "an easy one", "")).header("x-request-id", "my-id-1"));

        assertThat(header(response, "request-id")).isEqualTo("my-id-1");
        assertThat(small.requests().getFirst().id().value()).isEqualTo("my-id-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Basic abc", "Bearer ", "Bearer pmk-wrong", "Bearer ' OR 1=1 --"})
    void refusesWhoHasNoKey(String authorization) throws Exception {
        var request =
                HttpRequest.newBuilder(uri("/v1/chat/completions"))
                        .POST(BodyPublishers.ofString(chat("auto", "hello", "")));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }

        var response = send(request);

        assertError(response, 401, "invalid_api_key");
        assertThat(small.requests()).isEmpty();
    }

    @Test
    void refusesWhatIsWrongInTheOpenAiShape() throws Exception {
        assertError(post(chat("gpt-17", "hello", "")), 404, "model_not_found");
        assertError(post("{\"model\":"), 400, "invalid_json");
        assertError(post("{\"model\":\"auto\",\"messages\":[]}"), 400, null);
        assertError(post(chat("auto", "x".repeat(70_000), "")), 413, "request_too_large");
        assertError(send(authorized("/v1/chat/completions").GET()), 405, "method_not_allowed");
        assertError(send(authorized("/v1/nothing").GET()), 404, "not_found");
        assertThat(post(chat("auto", "still there", "")).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/chat/%63ompletions",
                "/v1/chat/completions;a=b",
                "/v1/chat/completions?api-version=1"
            })
    void chatIsChatHoweverItsPathIsSpelt(String path) throws Exception {
        var whole = post(path, chat("auto", "What is 2 + 2?", ""));
        var stream = post(path, chat("auto", "What is 2 + 2?", ",\"stream\":true"));

        assertThat(json(whole.body()).at("/object").stringValue()).isEqualTo("chat.completion");
        assertThat(whole.headers().firstValue("x-pointsman-route")).hasValue("fast");
        assertThat(stream.body()).endsWith("data: [DONE]\n\n");
        assertError(post(path, "{"), 400, "invalid_json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/v1/chat/completions/", "//v1/chat/completions", "/v1/chat%2Fcompletions"})
    void otherPathsAreNot(String path) throws Exception {
        assertError(post(path, chat("auto", "What is 2 + 2?", "")), 404, "not_found");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions, POST",
        "/v1/route, POST",
        "/v1/feedback, POST",
        "/v1/models, GET",
        "/v1/models/fast, GET",
    })
    void saysWhichMethodAPathTakes(String path, String method) throws Exception {
        var response = send(authorized(path).DELETE());

        assertError(response, 405, "method_not_allowed");
        assertThat(response.headers().allValues("allow")).containsExactly(method);
    }

    @Test
    void t14_fallsBackInvisiblyAndSaysHowManyAttempts() throws Exception {
        small.answers(
                Flux.<ChatEvent>just(FakeBackend.CHUNKS.role(0))
                        .concatWith(broken("the connection broke")));

        var response = post(chat("auto", "an easy one", ",\"stream\":true"));

        assertThat(header(response, "backend")).isEqualTo("spare");
        assertThat(header(response, "attempts")).isEqualTo("2");
        assertThat(response.body()).contains("Hello from spare");
        assertThat(dataOf(response.body()).stream().filter(chunk -> chunk.contains("\"role\"")))
                .hasSize(1);
    }

    @Test
    void endsAStreamThatBreaksWithAnErrorAndNoDone() throws Exception {
        small.answers(
                Flux.<ChatEvent>just(FakeBackend.CHUNKS.role(0), FakeBackend.CHUNKS.content("Hel"))
                        .concatWith(broken("the connection broke")));

        var response = post(chat("auto", "an easy one", ",\"stream\":true"));

        var chunks = dataOf(response.body());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(chunks.getLast()).at("/error/code").asString())
                .isEqualTo("bad_upstream_response");
        assertThat(response.body()).doesNotContain("[DONE]").doesNotContain("\"stop\"");
        assertThat(spare.requests()).isEmpty();
    }

    @Test
    void t18_givesTheRealStatusWhenAllBackendsFail() throws Exception {
        small.answers(rejected(503));
        spare.answers(rejected(500));

        var stream = post(chat("fast", "hello", ",\"stream\":true"));
        var whole = post(chat("fast", "hello", ""));

        assertError(stream, 502, "all_backends_failed");
        assertError(whole, 502, "all_backends_failed");
        assertThat(header(stream, "attempts")).isEqualTo("3");
    }

    @Test
    void t30_aFallbackIsTheRoutesNotTheClients() throws Exception {
        // Which no breaker opens for.
        deep.answers(rejected(404));
        small.answers(rejected(404));
        spare.answers(rejected(404));

        var fallen = send(bound(chat("auto", "a hard one", "")));
        var named = send(bound(chat("fast", "a hard one", "")));

        assertThat(header(fallen, "attempts")).isEqualTo("3");
        assertThat(deep.requests()).hasSize(1);
        assertError(named, 403, "permission_denied");
        assertThat(small.requests()).hasSize(1);
    }

    @Test
    void aClientsMistakeIsNotTriedAgain() throws Exception {
        small.answers(rejected(400));

        assertError(post(chat("fast", "hello", "")), 400, "upstream_rejected");
        assertThat(spare.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"silent", "midstream", "whole"})
    void aClientThatGoesAwayCancelsTheCall(String phase) throws Exception {
        var before = metric(CANCELLED);
        var body = chat("fast", "hello", phase.equals("whole") ? "" : ",\"stream\":true");
        small.answers(
                phase.equals("midstream")
                        ? Flux.<ChatEvent>just(FakeBackend.CHUNKS.content("Hel"))
                                .concatWith(Flux.never())
                        : Flux.never());

        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(raw(body));
            small.subscribed().get(10, TimeUnit.SECONDS);
            if (phase.equals("midstream")) {
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }
        }

        small.cancelled().get(10, TimeUnit.SECONDS);
        assertThat(metric(CANCELLED, before + 1)).isEqualTo(before + 1);
    }

    @Test
    void explainsARouteWithoutCallingAModel() throws Exception {
        var response =
                send(
                        authorized("/v1/route")
                                .POST(BodyPublishers.ofString(chat("auto", "a hard one", ""))));

        var body = json(response.body());
        assertThat(body.at("/route").asString()).isEqualTo("reasoner");
        assertThat(body.at("/rule").asString()).isEqualTo("hard");
        assertThat(body.at("/difficulty").asDouble()).isEqualTo(0.9);
        assertThat(body.at("/difficulty_reasons/0").asString()).isEqualTo("test");
        assertThat(body.at("/candidates/0/backend").asString()).isEqualTo("deep");
        assertThat(deep.requests()).isEmpty();
    }

    @Test
    void tellsAllThatTheClassifierSays() throws Exception {
        var strange = json(post("/v1/route", chat("auto", "a strange one", "")).body());
        var vague = json(post("/v1/route", chat("auto", "a vague one", "")).body());
        var easy = json(post("/v1/route", chat("auto", "an easy one", "")).body());
        var blank = json(post("/v1/route", chat("auto", "blank", "")).body());

        assertThat(strange.at("/route").asString()).isEqualTo("fast");
        assertThat(strange.at("/reason").asString()).contains("novel");
        assertThat(strange.at("/difficulty").asDouble()).isEqualTo(0.612);
        assertThat(strange.at("/difficulty_interval/0").asDouble()).isEqualTo(0.5);
        assertThat(strange.at("/difficulty_interval/1").asDouble()).isEqualTo(0.71);
        assertThat(strange.at("/chances/fast").asDouble()).isEqualTo(0.25);
        assertThat(strange.at("/chances/reasoner").asDouble()).isEqualTo(0.75);
        assertThat(strange.at("/thinking_tokens").asInt()).isEqualTo(1200);
        assertThat(strange.at("/task").asString()).isEqualTo("small_talk");
        assertThat(strange.at("/tier").asString()).isEqualTo("complex");
        assertThat(strange.at("/novelty/measure").asDouble()).isEqualTo(0.877);
        assertThat(strange.at("/novelty/novel").asBoolean()).isTrue();
        assertThat(strange.at("/doubt").asString()).isEqualTo("novel");
        assertThat(vague.at("/doubt").asString()).isEqualTo("unsure");
        assertThat(easy.has("doubt")).isFalse();
        assertThat(easy.has("task")).isFalse();
        assertThat(easy.has("thinking_tokens")).isFalse();
        assertThat(blank.at("/difficulty").isNull()).isTrue();
        assertThat(blank.at("/difficulty_reasons/0").asString()).isEqualTo("no_text");
    }

    @ParameterizedTest
    @CsvSource({"easy, certain", "strange, novel", "vague, unsure", "blank, unknown"})
    void countsWhatTheClassifierMakesOfRequests(String kind, String outcome) throws Exception {
        var series = new Series("pointsman_classifications_total", "outcome=\"" + outcome + "\"");
        var before = metric(series);

        post(chat("auto", kind, ""));
        post(chat("fast", kind, ""));

        assertThat(metric(series, before + 1)).isEqualTo(before + 1);
    }

    @Test
    void takesNoFeedbackWhereTheClassifierDoesNotLearn() throws Exception {
        assertError(post("/v1/feedback", "{\"id\":\"req-1\",\"score\":1}"), 404, "feedback_off");
    }

    @Test
    void listsTheModels() throws Exception {
        var list = json(send(authorized("/v1/models").GET()).body());
        var one = json(send(authorized("/v1/models/reasoner").GET()).body());

        assertThat(list.at("/data").valueStream().map(model -> model.at("/id").asString()))
                .contains("auto", "fast", "reasoner", "auto:fast", "auto:reasoner", "gpt-4o");
        assertThat(one.at("/context_length").asInt()).isEqualTo(4096);
        assertError(send(authorized("/v1/models/nothing").GET()), 404, "model_not_found");
    }

    @Test
    void countsEachRequestOnce() throws Exception {
        var completed = metric(COMPLETED);
        var unknown = metric(UNKNOWN);
        var reasoning = metric(REASONING);

        post(chat("auto", "an easy one", ""));
        post(chat("auto", "an easy one", ",\"stream\":true"));
        post(chat("nothing", "hello", ""));

        assertThat(metric(COMPLETED, completed + 2)).isEqualTo(completed + 2);
        assertThat(metric(UNKNOWN, unknown + 1)).isEqualTo(unknown + 1);
        assertThat(metric(REASONING, reasoning + 4)).isEqualTo(reasoning + 4);
        var metrics = metrics();
        assertThat(metrics)
                .contains("pointsman_cost_usd_total{backend=\"small\",route=\"fast\"}")
                .contains("pointsman_time_to_first_token_seconds_bucket")
                .contains("pointsman_time_to_answer_seconds_bucket")
                .contains("pointsman_request_duration_seconds_bucket")
                .contains("pointsman_classification_duration_seconds_count")
                .contains("pointsman_overhead_duration_seconds_count");
    }

    @Test
    void keepsMetricsOffTheClientsPort() throws Exception {
        assertThat(send(authorized("/actuator/prometheus").GET()).statusCode()).isEqualTo(404);
    }

    private static Flux<ChatEvent> broken(String message) {
        return Flux.error(new FailureException(new Failure.Broken(message)));
    }

    private static Flux<ChatEvent> rejected(int status) {
        return Flux.error(
                new FailureException(new Failure.Rejected("no", status, Optional.empty())));
    }

    static String chat(String model, String text, String more) {
        return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}"
                .formatted(model, text, more);
    }

    private byte[] raw(String body) {
        return """
        POST /v1/chat/completions HTTP/1.1\r
        Host: localhost\r
        Authorization: Bearer %s\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        %s\
        """
                .formatted(KEY, body.length(), body)
                .getBytes(StandardCharsets.UTF_8);
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(authorized(path).POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> post(String body) throws Exception {
        return send(request(body));
    }

    private HttpRequest.Builder request(String body) {
        return authorized("/v1/chat/completions").POST(BodyPublishers.ofString(body));
    }

    private HttpRequest.Builder bound(String body) {
        return HttpRequest.newBuilder(uri("/v1/chat/completions"))
                .header("Authorization", "Bearer " + BOUND_KEY)
                .POST(BodyPublishers.ofString(body));
    }

    HttpRequest.Builder authorized(String path) {
        return HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + KEY);
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue("x-pointsman-" + name).orElse("");
    }

    private static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    private static List<String> dataOf(String body) {
        return body.lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring(6))
                .toList();
    }

    private static void assertError(
            HttpResponse<String> response, int status, @Nullable String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        var error = json(response.body()).at("/error");
        assertThat(error.at("/message").asString()).isNotBlank();
        assertThat(error.at("/type").asString()).isNotBlank();
        assertThat(error.has("param")).isTrue();
        if (code != null) {
            assertThat(error.at("/code").asString()).isEqualTo(code);
        }
    }

    private String metrics() throws Exception {
        return client.send(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "http://127.0.0.1:"
                                                        + server.managementPort()
                                                        + "/actuator/prometheus"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    /// The sum of a metric's series, read until it is `expected` or time is up: a record follows
    /// the last byte that the client sees.
    private double metric(Series series, double expected) throws Exception {
        var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        var sum = metric(series);
        while (sum != expected && System.nanoTime() < deadline) {
            sum = metric(series);
        }
        return sum;
    }

    private double metric(Series series) throws Exception {
        return metrics()
                .lines()
                .filter(series::holds)
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /// The series of the metric `name` that carry `label`.
    private record Series(String name, String label) {
        boolean holds(String line) {
            return line.startsWith(name + "{") && line.contains(label);
        }
    }
}
