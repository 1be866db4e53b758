package io.pointsman.system;

import static io.pointsman.backends.FakeUpstream.chunk;
import static io.pointsman.system.RunningGateway.assertError;
import static io.pointsman.system.RunningGateway.body;
import static io.pointsman.system.RunningGateway.events;
import static io.pointsman.system.RunningGateway.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.backends.FakeUpstream;
import io.pointsman.backends.FakeUpstream.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Garbage from clients and from servers: each gets a clear error, nothing hangs, and the next
/// request works.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class HostileRequestsTest {

    private static final String ASKED = body("fast", "Hello", "");

    private final FakeUpstream upstream = FakeUpstream.start();
    private final FakeUpstream wild = FakeUpstream.start();
    private final RunningGateway gateway;

    HostileRequestsTest() throws IOException {
        gateway =
                RunningGateway.start(
                        """
                        backends:
                          sound: {base-url: "%1$s", model: m}
                          html: {base-url: "%2$s", model: m}
                          truncated: {base-url: "%2$s", model: m}
                          garbled: {base-url: "%2$s", model: m}
                          silent: {base-url: "%2$s", model: m, first-token-timeout: 300ms}
                          refusing: {base-url: "http://127.0.0.1:%3$d/v1", model: m}
                        pools:
                          fast: [sound]
                          html: {backends: [html], max-attempts: 1}
                          truncated: {backends: [truncated], max-attempts: 1}
                          garbled: {backends: [garbled], max-attempts: 1}
                          silent: [silent]
                          refusing: [refusing]
                        policies: {default: fast}
                        """
                                .formatted(upstream.baseUrl(), wild.baseUrl(), closedPort()));
    }

    @BeforeEach
    void script() {
        upstream.answers(Answers.PLAIN);
    }

    @AfterEach
    void theNextRequestWorks() throws Exception {
        var next = gateway.chat(ASKED);

        assertThat(next.statusCode()).as(next.body()).isEqualTo(200);
        assertThat(json(next).at("/choices/0/message/content").asString()).isEqualTo("Hello there");
        wild.awaitIdle();
    }

    @AfterAll
    void close() {
        gateway.close();
        upstream.close();
        wild.close();
    }

    private static Stream<Arguments> garbage() {
        return Stream.of(
                Arguments.of("nothing", ""),
                Arguments.of("no object", "null"),
                Arguments.of("an array", "[]"),
                Arguments.of("half an object", "{\"model\":\"fast\","),
                Arguments.of("two objects", ASKED + ASKED),
                Arguments.of("no JSON", "model=fast&messages=hello"),
                Arguments.of("a number that is none", "{\"model\":\"fast\",\"n\":1e}"),
                Arguments.of("NaN", body("fast", "Hello", ",\"temperature\":NaN")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("garbage")
    void whatIsNoJsonObjectIsRefused(String name, String body) throws Exception {
        assertThat(name).isNotEmpty();
        assertError(gateway.chat(body), 400, "invalid_json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\u00ff", "\u00c3(", "\u00e2\u0082", "\u00c0\u00af", "\u00ed\u00a0\u0080"})
    void invalidUtf8IsRefused(String bytes) throws Exception {
        assertError(
                gateway.chat(body("fast", bytes, "").getBytes(ISO_8859_1)), 400, "invalid_json");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void twoMegabytesOfNestedArraysAreRefused(boolean closed) throws Exception {
        int depth = closed ? 1 << 20 : 1 << 21;
        var arrays = "[".repeat(depth) + (closed ? "]".repeat(depth) : "");

        assertError(gateway.chat(arrays), 400, "invalid_json");
        assertError(
                gateway.chat(body("fast", "Hello", ",\"metadata\":" + arrays)),
                400,
                "invalid_json");
        assertError(
                gateway.chat("{\"model\":\"fast\",\"messages\":" + arrays + "}"),
                400,
                "invalid_type");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"fast\"}",
                "{\"model\":\"fast\",\"messages\":[]}",
                "{\"model\":\"fast\",\"messages\":null}",
                "{\"model\":\"fast\",\"messages\":\"Hello\"}",
                "{\"model\":\"fast\",\"messages\":{\"role\":\"user\"}}",
                "{\"model\":\"fast\",\"messages\":[null]}",
                "{\"model\":\"fast\",\"messages\":[1]}",
                "{\"model\":\"fast\",\"messages\":[{\"content\":\"Hello\"}]}",
                "{\"model\":\"fast\",\"messages\":[{\"role\":\"king\",\"content\":\"Hello\"}]}",
                "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":5}]}",
                "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":true}]}",
                "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":{\"a\":1}}]}",
                "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":[1]}]}",
                "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]}",
                "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":7}]}]}",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}",
                "{\"model\":5,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}",
                "{\"model\":null,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}",
            })
    void whatIsMissingOrOfAWrongTypeIsNamed(String body) throws Exception {
        var response = gateway.chat(body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        var error = json(response).at("/error");
        assertThat(error.at("/type").asString()).isEqualTo("invalid_request_error");
        assertThat(error.at("/param").asString()).matches("(model|messages).*");
        assertThat(error.at("/message").asString()).contains(error.at("/param").asString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"max_tokens\":-1",
                "\"max_tokens\":\"many\"",
                "\"max_tokens\":1.5",
                "\"n\":0",
                "\"n\":100000",
                "\"stream\":\"yes\"",
                "\"stream_options\":[]",
                "\"temperature\":\"hot\"",
                "\"temperature\":1e400",
                "\"top_p\":-1",
                "\"tools\":{}",
                "\"stop\":[1]",
                "\"response_format\":\"json\""
            })
    void aWrongSettingIsNamed(String setting) throws Exception {
        var response = gateway.chat(body("fast", "Hello", "," + setting));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        var name = setting.substring(1, setting.indexOf('"', 1));
        assertThat(json(response).at("/error/param").asString()).startsWith(name);
    }

    /// How much a model can write is for its server to say.
    @ParameterizedTest
    @ValueSource(strings = {"2147483648", "9223372036854775808", "100000000000000000000000000"})
    void aHugeMaxTokensIsTheServersToJudge(String maxTokens) throws Exception {
        upstream.answers(
                Reply.of(
                        400,
                        "application/json",
                        "{\"error\":{\"message\":\"max_tokens is too large\",\"type\":\"invalid_request_error\","
                                + "\"param\":\"max_tokens\",\"code\":\"invalid_value\"}}"));

        var response = gateway.chat(body("fast", "Hello", ",\"max_tokens\":" + maxTokens));

        assertError(response, 400, "invalid_value");
        assertThat(upstream.calls().getLast().body()).contains("\"max_tokens\":" + maxTokens);
        upstream.answers(Answers.PLAIN);
    }

    @Test
    void tenMegabytesAreTooMuch() throws Exception {
        int calls = upstream.calls().size();

        var response = gateway.chat(body("fast", "x".repeat(10 << 20), ""));

        assertError(response, 413, "request_too_large");
        assertThat(upstream.calls()).hasSize(calls);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n",
                "GET / HTTP/9.9\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            })
    void whatIsNoHttpIsAnsweredOrHungUpOn(String bytes) throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
            socket.shutdownOutput();

            var answer = new String(socket.getInputStream().readAllBytes(), UTF_8);

            assertThat(answer).doesNotContain("HTTP/1.1 2").doesNotContain("Exception");
        }
    }

    @Test
    void anUpstreamThatAnswersHtmlIsABadGateway() throws Exception {
        wild.answers(Reply.of(200, "text/html", "<html><body>Welcome to nginx!</body></html>"));

        var response = gateway.chat(body("html", "Hello", ""));

        assertError(response, 502, "bad_upstream_response");
        assertThat(response.body()).contains("html").doesNotContain("nginx");
        assertError(
                gateway.chat(body("html", "Hello", ",\"stream\":true")),
                502,
                "bad_upstream_response");
        wild.answers(Reply.of(502, "text/html", "<html>Bad gateway</html>"));
        assertError(gateway.chat(body("html", "Hello", "")), 502, "upstream_error");
    }

    @Test
    void aStreamThatEndsBeforeItsFirstTokenIsABadGateway() throws Exception {
        wild.answers(Reply.events(chunk("{\"role\":\"assistant\",\"content\":\"\"}")).thenDrop());

        assertError(
                gateway.chat(body("truncated", "Hello", ",\"stream\":true")),
                502,
                "bad_upstream_response");
    }

    @Test
    void aStreamThatBreaksEndsInAnErrorAndIsNeverDone() throws Exception {
        wild.answers(Reply.events(chunk("{\"content\":\"Hel\"}")).thenDrop());

        var response = gateway.chat(body("truncated", "Hello", ",\"stream\":true"));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("Hel").doesNotContain("[DONE]");
        assertThat(json(events(response).getLast()).at("/error/code").asString())
                .isEqualTo("bad_upstream_response");
    }

    @Test
    void halfAnAnswerIsNoAnswer() throws Exception {
        wild.answers(Reply.events(chunk("{\"content\":\"Hel\"}")));

        var response = gateway.chat(body("truncated", "Hello", ""));

        assertError(response, 502, "bad_upstream_response");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"choices\":[{\n\n",
                "data: not JSON\n\n",
                "data: []\n\ndata: [DONE]\n\n",
                "\u0000\u0001\u0002",
            })
    void aGarbledStreamIsABadGateway(String bytes) throws Exception {
        wild.answers(Reply.stream(bytes));

        assertError(gateway.chat(body("garbled", "Hello", "")), 502, "bad_upstream_response");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"stream\":true"})
    void anUpstreamThatHangsIsGivenUp(String more) throws Exception {
        wild.answers(Reply.hang());

        var response = gateway.chat(body("silent", "Hello", more));

        assertError(response, 504, "first_token_timeout");
        wild.awaitIdle();
    }

    @Test
    void anUpstreamThatHangsBehindItsHeadersIsGivenUp() throws Exception {
        wild.answers(Reply.events(chunk("{\"role\":\"assistant\",\"content\":\"\"}")).thenHang());

        assertError(
                gateway.chat(body("silent", "Hello", ",\"stream\":true")),
                504,
                "first_token_timeout");
    }

    @Test
    void anUpstreamThatRefusesConnectionsIsABadGateway() throws Exception {
        var response = gateway.chat(body("refusing", "Hello", ""));

        assertError(response, 502, "bad_upstream_response");
        assertThat(response.body()).contains("refusing").contains("refuses connections");
    }

    @Test
    void whatAnUpstreamSaysOfItsKeyIsNotTold() throws Exception {
        wild.answers(
                Reply.of(
                        401,
                        "application/json",
                        "{\"error\":{\"message\":\"Incorrect API key provided: sk-abc\",\"type\":\"x\"}}"));

        var response = gateway.chat(body("html", "Hello", ""));

        assertError(response, 502, "upstream_error");
        assertThat(response.body()).doesNotContain("sk-abc");
    }

    private static int closedPort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
