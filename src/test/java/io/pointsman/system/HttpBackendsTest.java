package io.pointsman.system;

import static io.pointsman.backends.FakeUpstream.chunk;
import static io.pointsman.backends.FakeUpstream.finish;
import static io.pointsman.system.RunningGateway.body;
import static io.pointsman.system.RunningGateway.events;
import static io.pointsman.system.RunningGateway.fact;
import static io.pointsman.system.RunningGateway.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.backends.FakeUpstream;
import io.pointsman.backends.FakeUpstream.Reply;
import io.pointsman.gateway.admission.KeyHash;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.config.SecretResolver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A configuration on disk with servers over HTTP behind it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class HttpBackendsTest {

    private static final String KEY = KeyHash.newKey();
    private static final String EASY = "What is the capital of France?";
    private static final String HARD =
            "Prove that infinitely many primes are 3 mod 4, then find all n with 65 | n^2 + 1.";

    private final FakeUpstream small = FakeUpstream.start();
    private final FakeUpstream spare = FakeUpstream.start();
    private final FakeUpstream deep = FakeUpstream.start();
    private final FakeUpstream left = FakeUpstream.start();
    private final RunningGateway gateway;

    HttpBackendsTest(@TempDir Path folder) throws IOException {
        gateway = start(folder);
    }

    private RunningGateway start(Path folder) throws IOException {
        Files.writeString(folder.resolve("keys"), "team-a:" + KeyHash.of(KEY) + "\n");
        Files.writeString(folder.resolve("deep.key"), "sk-deep-secret\n");
        var file =
                Files.writeString(
                        folder.resolve("pointsman.yaml"),
                        """
                        server: {host: 127.0.0.1, port: 0}
                        management: {host: 127.0.0.1, port: 0}
                        auth: {keys-file: keys}
                        backends:
                          small:
                            base-url: %s
                            model: small-1
                            api-key: {env: SMALL_KEY}
                            price: {prompt: 1, completion: 2}
                            headers: {x-team: platform}
                          spare:
                            base-url: %s
                            model: spare-1
                          deep:
                            base-url: %s/
                            model: deep-1
                            api-key: {file: deep.key}
                          left: {base-url: "%s", model: left-1}
                        pools: {fast: [small], spare: [spare], reasoner: [deep], left: [left]}
                        policies:
                          default: fast
                          rules:
                            - {name: hard, when: {difficulty-at-least: 0.5}, route: reasoner}
                            - {name: rest, route: fast, fallback: [spare]}
                        """
                                .formatted(
                                        small.baseUrl(),
                                        spare.baseUrl(),
                                        deep.baseUrl(),
                                        left.baseUrl()));
        return RunningGateway.start(
                GatewayConfigLoader.load(file),
                new SecretResolver(Map.of("SMALL_KEY", "sk-small-secret"), Files::readString));
    }

    @BeforeEach
    void script() {
        small.answers(Answers.PLAIN);
        spare.answers(Answers.PLAIN);
        deep.answers(Answers.THINKING);
    }

    @AfterAll
    void close() {
        gateway.close();
        small.close();
        spare.close();
        deep.close();
        left.close();
    }

    @Test
    void eachServerGetsItsOwnKeyAndNeverTheClients() throws Exception {
        chat(body("fast", EASY, ""));
        chat(body("reasoner", EASY, ""));

        assertThat(last(small).headers())
                .containsEntry("authorization", "Bearer sk-small-secret")
                .containsEntry("x-team", "platform");
        assertThat(last(deep).headers()).containsEntry("authorization", "Bearer sk-deep-secret");
        assertThat(last(small).toString()).doesNotContain(KEY);
        assertThat(last(deep).toString()).doesNotContain(KEY).doesNotContain("sk-small");
    }

    @Test
    void aServerWithoutAKeyGetsNone() throws Exception {
        small.answers(Reply.of(503, "text/plain", "not now"));

        var response = chat(body("auto", EASY, ""));

        assertThat(fact(response, "backend")).isEqualTo("spare");
        assertThat(fact(response, "attempts")).isEqualTo("2");
        assertThat(last(spare).headers()).doesNotContainKey("authorization");
        assertThat(last(spare).toString()).doesNotContain("sk-small").doesNotContain(KEY);
    }

    @Test
    void theRequestIdGoesUpstream() throws Exception {
        var given = chat(body("fast", EASY, ""));
        var proposed =
                gateway.send(
                        gateway.request("/chat/completions")
                                .header("Authorization", "Bearer " + KEY)
                                .header("X-Request-Id", "trace-17")
                                .POST(BodyPublishers.ofString(body("reasoner", EASY, ""))));

        assertThat(last(small).headers()).containsEntry("x-request-id", fact(given, "request-id"));
        assertThat(fact(proposed, "request-id")).isEqualTo("trace-17");
        assertThat(last(deep).headers()).containsEntry("x-request-id", "trace-17");
    }

    @Test
    void clientHeadersStayBehind() throws Exception {
        gateway.send(
                gateway.request("/chat/completions")
                        .header("Authorization", "Bearer " + KEY)
                        .header("Cookie", "session=1")
                        .header("X-Forwarded-For", "10.0.0.1")
                        .header("OpenAI-Organization", "org-1")
                        .POST(BodyPublishers.ofString(body("fast", EASY, ""))));

        assertThat(last(small).headers())
                .doesNotContainKeys("cookie", "x-forwarded-for", "openai-organization");
    }

    @Test
    void t38_unknownFieldsOfRequestsGoThroughAsTheyAre() throws Exception {
        var more =
                ",\"top_k\": 2.50 ,\"vendor\":{\"a\":[1,null,\"\\u00e9\"],\"big\":12345678901234567890}";

        chat(body("fast", "Grüße", more));

        var got = last(small).body();
        assertThat(got).contains(more).contains("Grüße").contains("\"small-1\"");
        var sent = json(got);
        assertThat(sent.at("/model").asString()).isEqualTo("small-1");
        assertThat(sent.at("/stream").asBoolean()).isTrue();
        assertThat(sent.at("/stream_options/include_usage").asBoolean()).isTrue();
    }

    @Test
    void t38_unknownFieldsOfChunksComeThrough() throws Exception {
        small.answers(
                Reply.events(
                        "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"small-1\","
                                + "\"system_fingerprint\":\"fp\",\"vendor\":{\"x\":1.50},\"choices\":[{\"index\":0,"
                                + "\"delta\":{\"role\":\"assistant\",\"content\":\"Hi\",\"mood\":\"good\"},"
                                + "\"logprobs\":{\"content\":[]},\"finish_reason\":null}]}",
                        finish("stop"),
                        FakeUpstream.usage(1, 1, 0),
                        "[DONE]"));

        var chunks = events(chat(body("fast", EASY, ",\"stream\":true")));

        assertThat(chunks.getFirst())
                .contains("\"vendor\":{\"x\":1.50}")
                .contains("\"system_fingerprint\":\"fp\"")
                .contains("\"mood\":\"good\"")
                .contains("\"logprobs\":{\"content\":[]}");
        assertThat(chunks.getLast()).isEqualTo("[DONE]");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64})
    void thinkingIsFoundWhereverTheBytesAreCut(int size) throws Exception {
        deep.answers(Answers.THINKING.chopped(size));

        var message = json(chat(body("reasoner", EASY, ""))).at("/choices/0/message");

        assertThat(message.at("/reasoning_content").asString()).isEqualTo("let me see");
        assertThat(message.at("/content").asString()).isEqualTo("It is 42.");
    }

    @Test
    void whatTheConfigurationPricesIsCounted() throws Exception {
        var response = chat(body("fast", EASY, ""));

        assertThat(fact(response, "cost-usd")).isEqualTo("0.000019");
        assertThat(gateway.management("/actuator/prometheus"))
                .contains("pointsman_cost_usd_total{backend=\"small\",route=\"fast\"}");
        assertThat(gateway.management("/actuator/health/readiness")).contains("UP");
    }

    @ParameterizedTest
    @ValueSource(strings = {EASY, HARD})
    void whatTheRouteEndpointSaysIsWhatHappens(String prompt) throws Exception {
        var chat = body("auto", prompt, "");

        var said =
                json(
                        gateway.send(
                                gateway.request("/route")
                                        .header("Authorization", "Bearer " + KEY)
                                        .POST(BodyPublishers.ofString(chat))));
        var done = chat(chat);

        assertThat(said.at("/route").asString())
                .isEqualTo(prompt.equals(HARD) ? "reasoner" : "fast");
        assertThat(fact(done, "route")).isEqualTo(said.at("/route").asString());
        assertThat(fact(done, "reason")).isEqualTo(said.at("/reason").asString());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientThatGoesAwayFreesTheServer(boolean midstream) throws Exception {
        var hello = Reply.events(chunk("{\"content\":\"Hel\"}"));
        small.answers(midstream ? hello.thenHang() : Reply.hang());
        int before = small.calls().size();

        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.getOutputStream().write(raw(body("fast", EASY, ",\"stream\":true")));
            small.awaitCalls(before + 1);
            if (midstream) {
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }
        }

        small.awaitIdle();
        assertThat(small.calls()).hasSize(before + 1);
    }

    /// It goes just when the first token comes, or shortly before or after.
    @RepeatedTest(10)
    void aClientThatGoesAwayAtTheFirstTokenFreesTheServer() throws Exception {
        left.answers(Reply.events(chunk("{\"content\":\"Hel\"}")).thenHang());
        int before = left.calls().size();

        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.getOutputStream().write(raw(body("left", EASY, ",\"stream\":true")));
            left.awaitCalls(before + 1);
        }

        left.awaitIdle();
    }

    private HttpResponse<String> chat(String body) throws IOException, InterruptedException {
        return gateway.send(
                gateway.request("/chat/completions")
                        .header("Authorization", "Bearer " + KEY)
                        .POST(BodyPublishers.ofString(body)));
    }

    private static FakeUpstream.Call last(FakeUpstream upstream) {
        return upstream.calls().getLast();
    }

    private static byte[] raw(String body) {
        return """
        POST /v1/chat/completions HTTP/1.1\r
        Host: localhost\r
        Authorization: Bearer %s\r
        Content-Length: %d\r
        \r
        %s\
        """
                .formatted(KEY, body.length(), body)
                .getBytes(StandardCharsets.UTF_8);
    }
}
