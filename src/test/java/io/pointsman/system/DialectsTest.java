package io.pointsman.system;

import static io.pointsman.backends.FakeUpstream.chunk;
import static io.pointsman.backends.FakeUpstream.finish;
import static io.pointsman.backends.FakeUpstream.usage;
import static io.pointsman.system.RunningGateway.assertError;
import static io.pointsman.system.RunningGateway.body;
import static io.pointsman.system.RunningGateway.events;
import static io.pointsman.system.RunningGateway.fact;
import static io.pointsman.system.RunningGateway.json;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pointsman.backends.FakeUpstream;
import io.pointsman.backends.FakeUpstream.Reply;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Servers that differ from OpenAI's, behind one URL.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class DialectsTest {

    private static final String STREAM = ",\"stream\":true";

    private final FakeUpstream deepseek = FakeUpstream.start();
    private final FakeUpstream openai = FakeUpstream.start();
    private final FakeUpstream vllm = FakeUpstream.start();
    private final RunningGateway gateway =
            RunningGateway.start(
                    """
                    backends:
                      deepseek: {base-url: "%s", model: v4, parameters: {preset: deepseek}}
                      r1: {base-url: "%s", model: r1, parameters: {preset: deepseek-r1}, reasoning-field: both}
                      openai: {base-url: "%s", model: gpt-5, parameters: {preset: openai-reasoning, max-tokens: 1000}}
                      vllm: {base-url: "%s", model: qwen, parameters: {preset: vllm}, reasoning-field: reasoning-content, limits: {repeated-chunks: 5, max-response-bytes: 16KiB}}
                      plain: {base-url: "%s", model: plain}
                      faulty: {base-url: "%s", model: faulty}
                    pools: {deepseek: [deepseek], r1: [r1], openai: [openai], vllm: [vllm], mixed: [openai, plain], faulty: [faulty]}
                    policies: {default: vllm}
                    """
                            .formatted(
                                    deepseek.baseUrl(),
                                    deepseek.baseUrl(),
                                    openai.baseUrl(),
                                    vllm.baseUrl(),
                                    vllm.baseUrl(),
                                    vllm.baseUrl()));

    @BeforeEach
    void script() {
        deepseek.answers(Answers.PLAIN);
        openai.answers(Answers.PLAIN);
        vllm.answers(Answers.PLAIN);
    }

    @AfterAll
    void close() {
        gateway.close();
        deepseek.close();
        openai.close();
        vllm.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", STREAM})
    void whatAServerRefusesIsLeftOutAndSaid(String stream) throws Exception {
        var response =
                gateway.chat(
                        body(
                                "openai",
                                "Hello",
                                ",\"temperature\":0.2,\"top_p\":0.9,\"max_tokens\":5000,\"vendor\":1.50"
                                        + stream));

        assertThat(fact(response, "parameters"))
                .isEqualTo("dropped temperature, top_p; renamed max_tokens; bounded max_tokens");
        var sent = openai.calls().getLast().body();
        assertThat(sent).contains("\"vendor\":1.50");
        assertThat(json(sent).has("temperature")).isFalse();
        assertThat(json(sent).at("/max_completion_tokens").asInt()).isEqualTo(1000);
        if (!stream.isEmpty()) {
            assertThat(response.body()).contains("\"parameters\":\"dropped temperature");
        }
    }

    @Test
    void aRequestThatNeedsNoChangeSaysNothing() throws Exception {
        var response = gateway.chat(body("r1", "Hello", ",\"seed\":1"));

        assertThat(response.headers().firstValue("x-pointsman-parameters")).isEmpty();
    }

    @Test
    void t28_aFallbackGetsTheClientsOwnBody() throws Exception {
        openai.answers(Reply.of(503, "text/plain", "not now"));

        var response =
                gateway.chat(body("mixed", "Hello", ",\"temperature\":0.2,\"max_tokens\":7"));

        assertThat(fact(response, "backend")).isEqualTo("plain");
        assertThat(openai.calls().getLast().body()).doesNotContain("temperature");
        var sent = json(vllm.calls().getLast().body());
        assertThat(sent.at("/model").asString()).isEqualTo("plain");
        assertThat(sent.at("/temperature").asDouble()).isEqualTo(0.2);
        assertThat(sent.at("/max_tokens").asInt()).isEqualTo(7);
        assertThat(sent.has("max_completion_tokens")).isFalse();
        assertThat(response.headers().firstValue("x-pointsman-parameters")).isEmpty();
    }

    @Test
    void t36_aConversationMaySwitchBetweenFastModelAndReasoner() throws Exception {
        var history =
                """
                {"model":"%s","messages":[
                 {"role":"user","content":"1"},
                 {"role":"assistant","content":"fast"},
                 {"role":"user","content":"2"},
                 {"role":"assistant","reasoning_content":"hm","content":"deep"},
                 {"role":"user","content":"3"}]}\
                """;

        gateway.chat(history.formatted("deepseek"));
        var echoed = json(deepseek.calls().getLast().body()).at("/messages");
        gateway.chat(history.formatted("r1"));
        var stripped = json(deepseek.calls().getLast().body()).at("/messages");

        assertThat(echoed.at("/1/reasoning_content").asString()).isEmpty();
        assertThat(echoed.at("/1").has("reasoning_content")).isTrue();
        assertThat(echoed.at("/3/reasoning_content").asString()).isEqualTo("hm");
        assertThat(stripped.valueStream().map(JsonNode::toString))
                .noneMatch(turn -> turn.contains("reasoning"));
        assertThat(stripped.at("/3/content").asString()).isEqualTo("deep");
    }

    @Test
    void t35_thinkingKeepsNoNameThatTheClientDoesNotKnow() throws Exception {
        var answer =
                Reply.events(
                        chunk("{\"reasoning\":\"hm\"}"),
                        chunk("{\"content\":\"42\"}"),
                        finish("stop"),
                        usage(1, 2, 1),
                        "[DONE]");
        vllm.answers(answer);
        deepseek.answers(answer);

        var one = json(gateway.chat(body("vllm", "Hello", ""))).at("/choices/0/message");
        var both = json(gateway.chat(body("r1", "Hello", ""))).at("/choices/0/message");

        assertThat(one.at("/reasoning_content").asString()).isEqualTo("hm");
        assertThat(one.has("reasoning")).isFalse();
        assertThat(both.at("/reasoning_content").asString()).isEqualTo("hm");
        assertThat(both.at("/reasoning").asString()).isEqualTo("hm");
    }

    @Test
    void t09_vllmIsAskedForUsageWithEveryChunkAndClientsSeeNone() throws Exception {
        vllm.answers(
                Reply.events(
                        chunk("{\"content\":\"Hello\"}")
                                .replace(
                                        "}]}",
                                        "}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}"),
                        finish("stop"),
                        usage(3, 1, 0),
                        "[DONE]"));

        var response = gateway.chat(body("vllm", "Hello", STREAM));

        assertThat(
                        json(vllm.calls().getLast().body())
                                .at("/stream_options/continuous_usage_stats")
                                .asBoolean())
                .isTrue();
        assertThat(response.body()).doesNotContain("\"usage\"");
    }

    @Test
    void t23_newlinesBeforeAWholeAnswerAreNoTrouble() throws Exception {
        vllm.answers(
                Reply.of(
                        200,
                        "application/json",
                        "\n\n\n{\"id\":\"c1\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}"));

        assertThat(
                        json(gateway.chat(body("vllm", "Hello", "")))
                                .at("/choices/0/message/content")
                                .asString())
                .isEqualTo("Hi");
    }

    @Test
    void t20_aFinishReasonIsAnEndWithoutDone() throws Exception {
        vllm.answers(Reply.events(chunk("{\"content\":\"Hi\"}"), finish("stop")));

        var response = gateway.chat(body("vllm", "Hello", STREAM));

        assertThat(events(response).getLast()).isEqualTo("[DONE]");
        assertThat(response.body()).doesNotContain("error");
    }

    @Test
    void t37_toolCallsAreNumberedForTheClient() throws Exception {
        vllm.answers(
                Reply.events(
                        chunk(
                                "{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}"),
                        chunk(
                                "{\"tool_calls\":[{\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]}"),
                        finish("tool_calls"),
                        "[DONE]"));

        var chunks = events(gateway.chat(body("vllm", "Hello", STREAM)));

        assertThat(json(chunks.get(0)).at("/choices/0/delta/tool_calls/0/index").asInt(-1))
                .isZero();
        assertThat(json(chunks.get(1)).at("/choices/0/delta/tool_calls/0/index").asInt(-1))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"' and', limits.repeated-chunks", "LONG, limits.max-response-bytes"})
    void t40_anAnswerWithoutEndIsStoppedAndItsServerFreed(String text, String limit)
            throws Exception {
        var endless = new String[200];
        for (int i = 0; i < endless.length; i++) {
            endless[i] =
                    chunk("{\"content\":\"" + (text.equals("LONG") ? "piece " + i : text) + "\"}");
        }
        vllm.answers(Reply.events(endless).thenHang());

        var response = gateway.chat(body("vllm", "Hello", STREAM));

        var last = json(events(response).getLast());
        assertThat(last.at("/error/code").asString()).isEqualTo("bad_upstream_response");
        assertThat(last.at("/error/message").asString()).contains(limit);
        assertThat(response.body()).doesNotContain("[DONE]");
        vllm.awaitIdle();
    }

    @Test
    void t18_anErrorThatComesAsTheFirstEventHasItsOwnStatus() throws Exception {
        vllm.answers(
                Reply.events(
                        "{\"error\":{\"message\":\"too long\",\"type\":\"invalid_request_error\",\"code\":400}}"));

        assertError(gateway.chat(body("vllm", "Hello", STREAM)), 400, "400");
    }

    /// Whatever goes wrong, at whatever level one listens.
    @Test
    void t60_logsHoldNeitherPromptsNorAnswersNorKeys() throws Exception {
        var canary = "canary-5f3a";
        var logged = new ListAppender<ILoggingEvent>();
        var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        var ours = (Logger) LoggerFactory.getLogger("io.pointsman");
        var level = ours.getLevel();
        logged.start();
        root.addAppender(logged);
        ours.setLevel(Level.TRACE);
        try {
            for (var reply :
                    List.of(
                            Answers.saying(canary),
                            Reply.of(500, "text/plain", canary),
                            Reply.of(200, "text/html", canary),
                            Reply.events(chunk("{\"content\":\"" + canary + "\"}")).thenDrop(),
                            Reply.stream("data: " + canary + "\n\n"),
                            Reply.drop())) {
                vllm.answers(reply);
                for (var more : List.of("", STREAM)) {
                    gateway.send(
                            gateway.request("/chat/completions")
                                    .header("Authorization", "Bearer sk-" + canary)
                                    .POST(BodyPublishers.ofString(body("faulty", canary, more))));
                }
            }
            gateway.chat("{\"model\":\"faulty\",\"messages\":\"" + canary);
        } finally {
            root.detachAppender(logged);
            ours.setLevel(level);
        }

        assertThat(logged.list).isNotEmpty();
        for (var event : List.copyOf(logged.list)) {
            assertThat(event.getFormattedMessage()).doesNotContain(canary);
            var thrown = event.getThrowableProxy();
            assertThat(thrown == null ? "" : String.valueOf(thrown.getMessage()))
                    .doesNotContain(canary);
        }
    }
}
