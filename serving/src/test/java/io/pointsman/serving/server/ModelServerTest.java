package io.pointsman.serving.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.serving.BundledModels;
import io.pointsman.serving.LanguageModel;
import io.pointsman.serving.engine.Engine;
import io.pointsman.serving.engine.EngineOptions;
import io.pointsman.serving.openai.CompletionDefaults;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The server on the bundled reasoner, over real sockets.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ModelServerTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String QUESTION =
            "\"messages\":[{\"role\":\"user\",\"content\":\"What is 12 + 30?\"}]";

    private static Engine engine;
    private static ModelServer server;

    @BeforeAll
    static void start() {
        var model = BundledModels.reasoner();
        var options = EngineOptions.DEFAULT.withQueueCapacity(200);
        var metrics = new EngineMetrics("mini");
        engine = model.start(options, metrics);
        metrics.observe(engine::stats, options, engine.stats().totalBlocks());
        server = start(model, metrics, CompletionDefaults.GREEDY);
    }

    private static ModelServer start(
            LanguageModel model, EngineMetrics metrics, CompletionDefaults defaults) {
        return ModelServer.start(
                engine,
                model.tokenizer(),
                model.chatFormat(),
                metrics,
                ServerOptions.of("mini", defaults).withNames(List.of("mini", "r1")));
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @Test
    void answersAChat() throws Exception {
        var answer = json(post("/v1/chat/completions", "{\"model\":\"r1\"," + QUESTION + "}"));

        assertThat(answer.at("/object").stringValue()).isEqualTo("chat.completion");
        assertThat(answer.at("/model").stringValue()).isEqualTo("mini");
        assertThat(answer.at("/choices/0/message/content").stringValue()).isEqualTo("42");
        assertThat(answer.at("/choices/0/message/reasoning_content").stringValue()).isNotEmpty();
        assertThat(answer.at("/choices/0/finish_reason").stringValue()).isEqualTo("stop");
        assertThat(answer.at("/usage/completion_tokens_details/reasoning_tokens").intValue())
                .isPositive();
    }

    @Test
    void r1StreamsWhatItWouldSayWhole() throws Exception {
        var whole = json(post("/v1/chat/completions", "{" + QUESTION + "}"));
        var response =
                post(
                        "/v1/chat/completions",
                        "{\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                                + QUESTION
                                + "}");

        assertThat(response.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
        assertThat(response.body()).endsWith("data: [DONE]\n\n").doesNotContain("think>");
        var events = events(response);
        assertThat(joined(events, "content"))
                .isEqualTo(whole.at("/choices/0/message/content").stringValue());
        assertThat(joined(events, "reasoning_content"))
                .isEqualTo(whole.at("/choices/0/message/reasoning_content").stringValue());
        assertThat(events.getLast().at("/usage/prompt_tokens"))
                .isEqualTo(whole.at("/usage/prompt_tokens"));
        assertThat(events.getLast().at("/usage/completion_tokens"))
                .isEqualTo(whole.at("/usage/completion_tokens"));
        assertThat(events.getLast().at("/choices").isEmpty()).isTrue();
    }

    @Test
    void r13TellsWhatWasCached() throws Exception {
        var body =
                "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"max_tokens\":5}"
                        .formatted("abcdefgh ".repeat(20));
        post("/v1/chat/completions", body);

        var again = json(post("/v1/chat/completions", body));

        assertThat(again.at("/usage/prompt_tokens_details/cached_tokens").intValue())
                .isGreaterThan(100);
        var salted =
                json(
                        post(
                                "/v1/chat/completions",
                                body.replaceFirst("\\{", "{\"cache_salt\":\"x\",")));
        assertThat(salted.at("/usage/prompt_tokens_details/cached_tokens").intValue()).isZero();
    }

    @Test
    void answersSeveralTimesWithLogprobs() throws Exception {
        var answer =
                json(
                        post(
                                "/v1/chat/completions",
                                "{\"n\":2,\"logprobs\":true,\"top_logprobs\":3," + QUESTION + "}"));

        assertThat(answer.at("/choices").size()).isEqualTo(2);
        for (var choice : answer.at("/choices")) {
            assertThat(choice.at("/message/content").stringValue()).isEqualTo("42");
            var tokens = choice.at("/logprobs/content");
            assertThat(tokens.size()).isGreaterThan(5);
            assertThat(tokens.get(0).at("/top_logprobs").size()).isEqualTo(3);
            assertThat(tokens.get(0).at("/top_logprobs/0/token"))
                    .isEqualTo(tokens.get(0).at("/token"));
            assertThat(tokens.get(0).at("/bytes").isArray()).isTrue();
        }
    }

    @Test
    void completesText() throws Exception {
        var body = "{\"prompt\":\"<user>What is 12 + 30?<asst><think>\",\"logprobs\":2%s}";
        var whole = json(post("/v1/completions", body.formatted(",\"max_tokens\":100")));
        var pieces =
                events(
                        post(
                                "/v1/completions",
                                body.formatted(",\"max_tokens\":100,\"stream\":true")));

        assertThat(whole.at("/object").stringValue()).isEqualTo("text_completion");
        var text = whole.at("/choices/0/text").stringValue();
        assertThat(text).endsWith("42");
        assertThat(whole.at("/choices/0/logprobs/tokens").size())
                .isEqualTo(whole.at("/usage/completion_tokens").intValue());
        var joined = new StringBuilder();
        pieces.forEach(piece -> joined.append(piece.at("/choices/0/text").stringValue()));
        assertThat(joined).hasToString(text);
        assertThat(json(post("/v1/completions", "{\"prompt\":[5,6,7]}")).at("/usage/prompt_tokens"))
                .hasToString("3");
    }

    @Test
    void r5KeepsThinkingWithinItsBudgetByAnyName() throws Exception {
        var names =
                List.of(
                        "\"max_thinking_tokens\":3",
                        "\"thinking_token_budget\":3",
                        "\"thinking_budget_tokens\":3",
                        "\"reasoning_budget\":3",
                        "\"custom_params\":{\"thinking_budget\":3}",
                        "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":3}");
        for (var name : names) {
            var answer = json(post("/v1/chat/completions", "{" + name + "," + QUESTION + "}"));
            assertThat(answer.at("/usage/completion_tokens_details/reasoning_tokens").intValue())
                    .as(name)
                    .isEqualTo(3);
        }
        var none =
                json(
                        post(
                                "/v1/chat/completions",
                                "{\"reasoning_effort\":\"none\"," + QUESTION + "}"));
        assertThat(none.at("/usage/completion_tokens_details/reasoning_tokens").intValue())
                .isZero();
        assertThat(none.at("/choices/0/message/content").stringValue()).isNotEmpty();
    }

    @Test
    void tokenizesAndBack() throws Exception {
        var tokens = json(post("/tokenize", "{\"prompt\":\"What is 1?\"}"));

        assertThat(tokens.at("/count").intValue()).isEqualTo(tokens.at("/tokens").size());
        assertThat(tokens.at("/max_model_len").intValue()).isEqualTo(engine.contextLength());
        var text = json(post("/detokenize", "{\"tokens\":" + tokens.at("/tokens") + "}"));
        assertThat(text.at("/prompt").stringValue()).isEqualTo("What is 1?");
        assertThat(json(post("/tokenize", "{" + QUESTION + "}")).at("/count").intValue())
                .isGreaterThan(10);
    }

    @Test
    void listsItsModel() throws Exception {
        var models = json(get("/v1/models"));

        assertThat(models.at("/data/0/id").stringValue()).isEqualTo("mini");
        assertThat(models.at("/data/0/max_model_len").intValue()).isEqualTo(engine.contextLength());
        assertThat(get("/health").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/chat/completions|{|400|invalid_json|null",
                "/v1/chat/completions|[]|400|invalid_json|null",
                "/v1/chat/completions|{}|400|missing_required_parameter|messages",
                "/v1/chat/completions|{\"messages\":[]}|400|missing_required_parameter|messages",
                "/v1/chat/completions|{\"messages\":[1]}|400|invalid_type|messages",
                "/v1/chat/completions|{\"messages\":[{}]}|400|invalid_type|messages[0].role",
                "/v1/chat/completions|{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]}|400|invalid_value|messages",
                "/v1/chat/completions|{\"max_tokens\":0,Q}|400|invalid_value|max_tokens",
                "/v1/chat/completions|{\"max_tokens\":\"1\",Q}|400|invalid_type|max_tokens",
                "/v1/chat/completions|{\"temperature\":3,Q}|400|invalid_value|temperature",
                "/v1/chat/completions|{\"n\":0,Q}|400|invalid_value|n",
                "/v1/chat/completions|{\"top_logprobs\":50,\"logprobs\":true,Q}|400|invalid_value|top_logprobs",
                "/v1/chat/completions|{\"logit_bias\":{\"x\":1},Q}|400|invalid_type|logit_bias",
                "/v1/chat/completions|{\"logit_bias\":{\"999999\":1},Q}|400|invalid_type|logit_bias",
                "/v1/chat/completions|{\"stop_token_ids\":[999999],Q}|400|invalid_value|null",
                "/v1/chat/completions|{\"response_format\":{\"type\":\"json_schema\"},Q}|400|unsupported_parameter|response_format",
                "/v1/chat/completions|{\"model\":\"gpt\",Q}|404|model_not_found|model",
                "/v1/chat/completions|{\"timeout\":0.001,Q}|504|deadline_exceeded|null",
                "/v1/completions|{}|400|missing_required_parameter|prompt",
                "/v1/completions|{\"prompt\":[\"a\",\"b\"]}|400|unsupported_parameter|prompt",
                "/v1/completions|{\"prompt\":\"a\",\"echo\":true}|400|unsupported_parameter|echo",
                "/detokenize|{}|400|missing_required_parameter|tokens",
                "/detokenize|{\"tokens\":[-1]}|400|invalid_type|tokens",
                "/v2|{}|404|not_found|null",
                "/health|{}|405|method_not_allowed|null",
            })
    void saysWhatIsWrong(String path, String body, int status, String code, String param)
            throws Exception {
        var response = post(path, body.replace("Q", QUESTION));

        assertThat(response.statusCode()).isEqualTo(status);
        var error = JsonMapper.shared().readTree(response.body()).at("/error");
        assertThat(error.at("/code").stringValue()).isEqualTo(code);
        assertThat(error.at("/param").isNull() ? "null" : error.at("/param").stringValue())
                .isEqualTo(param);
        assertThat(error.at("/message").stringValue()).endsWith(".").doesNotContain("What is");
    }

    @Test
    void refusesPromptsAndBodiesThatAreTooLong() throws Exception {
        var prompt = "7 ".repeat(2000);
        var body = "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}";

        var tooLong = post("/v1/chat/completions", body.formatted(prompt));
        assertThat(tooLong.statusCode()).isEqualTo(400);
        assertThat(tooLong.body()).contains("context_length_exceeded").contains("1024");
        var huge = post("/v1/chat/completions", body.formatted("x".repeat(11 << 20)));
        assertThat(huge.statusCode()).isEqualTo(413);
        assertThat(get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void r15ABillionTokensAreClippedToTheContext() throws Exception {
        var answer =
                json(
                        post(
                                "/v1/chat/completions",
                                "{\"max_tokens\":1000000000,\"ignore_eos\":true,\"stop\":[\"\u2603\"],"
                                        + QUESTION
                                        + "}"));

        assertThat(answer.at("/usage/total_tokens").intValue()).isEqualTo(engine.contextLength());
        assertThat(answer.at("/choices/0/finish_reason").stringValue()).isEqualTo("length");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void r9AHundredThatLeaveFreeTheirBlocks(boolean stream) throws Exception {
        long aborted = engine.stats().aborted();
        var body =
                "{\"ignore_eos\":true,\"max_tokens\":1000,\"stream\":%s,%s}"
                        .formatted(stream, QUESTION);
        for (int i = 0; i < 100; i++) {
            await(() -> engine.stats().running() + engine.stats().waiting() == 0);
            long before = engine.stats().completionTokens();
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                var request =
                        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: "
                                + body.length()
                                + "\r\n\r\n"
                                + body;
                socket.getOutputStream().write(request.getBytes(UTF_8));
                await(() -> engine.stats().completionTokens() > before);
            }
        }

        await(() -> engine.stats().running() + engine.stats().waiting() == 0);
        assertThat(engine.stats().freeBlocks()).isEqualTo(engine.stats().totalBlocks());
        assertThat(engine.stats().aborted() - aborted).isEqualTo(100);
    }

    @Test
    void livesThroughThousandsAtOnce() throws Exception {
        int requests = 2000;
        var slots = new Semaphore(600);
        var answered = new AtomicInteger();
        var refused = new AtomicInteger();
        var others = new ArrayList<Integer>();
        var body = "{\"max_tokens\":4," + QUESTION + "}";
        for (int i = 0; i < requests; i++) {
            slots.acquire();
            var _ =
                    CLIENT.sendAsync(request("/v1/chat/completions", body), BodyHandlers.ofString())
                            .whenComplete((response, error) -> {
                                if (error == null && response.statusCode() == 200) {
                                    answered.incrementAndGet();
                                } else if (error == null
                                        && response.statusCode() == 429
                                        && response.headers()
                                                .firstValue("retry-after")
                                                .isPresent()) {
                                    refused.incrementAndGet();
                                } else {
                                    synchronized (others) {
                                        others.add(error == null ? response.statusCode() : -1);
                                    }
                                }
                                slots.release();
                            });
        }
        slots.acquire(600);

        assertThat(others).isEmpty();
        assertThat(answered.get() + refused.get()).isEqualTo(requests);
        assertThat(answered.get()).isGreaterThan(200);
        assertThat(get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void measuresWithVllmsNames() throws Exception {
        post("/v1/chat/completions", "{" + QUESTION + "}");
        var text = get("/metrics").body();

        for (var name :
                List.of(
                        "vllm:num_requests_running",
                        "vllm:num_requests_waiting",
                        "vllm:kv_cache_usage_perc",
                        "vllm:gpu_cache_usage_perc",
                        "vllm:prefix_cache_queries_total",
                        "vllm:prefix_cache_hits_total",
                        "vllm:num_preemptions_total",
                        "vllm:prompt_tokens_total",
                        "vllm:generation_tokens_total",
                        "vllm:request_success_total",
                        "vllm:time_to_first_token_seconds_bucket",
                        "vllm:inter_token_latency_seconds_bucket",
                        "vllm:time_per_output_token_seconds_bucket",
                        "vllm:e2e_request_latency_seconds_bucket",
                        "vllm:request_queue_time_seconds_bucket",
                        "vllm:request_inference_time_seconds_bucket",
                        "vllm:request_prefill_time_seconds_bucket",
                        "vllm:request_decode_time_seconds_bucket",
                        "vllm:request_prompt_tokens_bucket",
                        "vllm:request_generation_tokens_bucket",
                        "vllm:iteration_tokens_total_bucket",
                        "vllm:cache_config_info")) {
            assertThat(text).contains("\n" + name + "{");
        }
        assertThat(text).contains("finished_reason=\"stop\"").contains("model_name=\"mini\"");
        assertThat(bounds(text, "vllm:time_to_first_token_seconds"))
                .containsExactly(
                        "0.001", "0.005", "0.01", "0.02", "0.04", "0.06", "0.08", "0.1", "0.25",
                        "0.5", "0.75", "1.0", "2.5", "5.0", "7.5", "10.0", "20.0", "40.0", "80.0",
                        "160.0", "640.0", "2560.0", "+Inf");
        assertThat(bounds(text, "vllm:e2e_request_latency_seconds"))
                .containsExactly(
                        "0.3", "0.5", "0.8", "1.0", "1.5", "2.0", "2.5", "5.0", "10.0", "15.0",
                        "20.0", "30.0", "40.0", "50.0", "60.0", "120.0", "240.0", "480.0", "960.0",
                        "1920.0", "7680.0", "+Inf");
    }

    private static List<String> bounds(String text, String name) {
        return Pattern.compile(Pattern.quote(name) + "_bucket\\{.*le=\"([^\"]+)\"")
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private static String joined(List<JsonNode> events, String field) {
        var text = new StringBuilder();
        for (var event : events) {
            var piece = event.at("/choices/0/delta/" + field);
            text.append(piece.isString() ? piece.stringValue() : "");
        }
        return text.toString();
    }

    private static List<JsonNode> events(HttpResponse<String> response) {
        return response.body()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> JsonMapper.shared().readTree(line.substring(6)))
                .toList();
    }

    private static JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    private static HttpResponse<String> post(String path, String body)
            throws IOException, InterruptedException {
        return CLIENT.send(request(path, body), BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private static HttpRequest request(String path, String body) {
        return HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString(body)).build();
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }
}
