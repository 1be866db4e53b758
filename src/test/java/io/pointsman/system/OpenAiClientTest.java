package io.pointsman.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.models.Model;
import io.pointsman.backends.FakeUpstream;
import io.pointsman.backends.FakeUpstream.Reply;
import io.pointsman.gateway.admission.KeyHash;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.config.SecretResolver;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// OpenAI's own Java client, unmodified, against the gateway with scripted servers behind it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class OpenAiClientTest {

    private static final String KEY = KeyHash.newKey();

    private final FakeUpstream small = FakeUpstream.start();
    private final FakeUpstream deep = FakeUpstream.start();
    private final RunningGateway gateway =
            RunningGateway.start(
                    GatewayConfigLoader.parse(
                            "pointsman.yaml",
                            """
                            server: {port: 0}
                            management: {port: 0}
                            backends:
                              small: {base-url: "%s", model: small-1, cooldown: 1ms, breaker: {minimum-calls: 20}}
                              deep: {base-url: "%s", model: deep-1}
                            pools: {fast: [small], reasoner: [deep]}
                            policies: {default: fast}
                            """
                                    .formatted(small.baseUrl(), deep.baseUrl())),
                    new SecretResolver(
                            Map.of("POINTSMAN_API_KEYS", "team-a:" + KeyHash.of(KEY)),
                            Files::readString));
    private final OpenAIClient client = client(KEY);

    private OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(gateway.baseUrl())
                .apiKey(key)
                .maxRetries(0)
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    @BeforeEach
    void script() {
        small.answers(Answers.PLAIN);
        deep.answers(Answers.THINKING);
    }

    @AfterAll
    void close() {
        client.close();
        gateway.close();
        small.close();
        deep.close();
    }

    @Test
    void chats() {
        var completion = client.chat().completions().create(asking("auto", "Hello"));

        var choice = completion.choices().getFirst();
        assertThat(choice.message().content()).contains("Hello there");
        assertThat(choice.finishReason().asString()).isEqualTo("stop");
        assertThat(completion.isValid()).isTrue();
        var usage = completion.usage().orElseThrow();
        assertThat(usage.promptTokens()).isEqualTo(9);
        assertThat(usage.completionTokens()).isEqualTo(5);
        assertThat(usage.totalTokens()).isEqualTo(14);
    }

    @Test
    void readsTheThinkingBesideTheAnswer() {
        var completion = client.chat().completions().create(asking("reasoner", "Think"));

        var message = completion.choices().getFirst().message();
        assertThat(message.content()).contains("It is 42.");
        assertThat(message._allProperties().get("reasoning_content"))
                .extracting(value -> value.asStringOrThrow())
                .isEqualTo("let me see");
        assertThat(completion.usage().orElseThrow().completionTokensDetails())
                .flatMap(details -> details.reasoningTokens())
                .contains(15L);
    }

    @Test
    void streams() {
        var chunks = stream(asking("reasoner", "Think"));

        assertThat(content(chunks)).isEqualTo("It is 42.");
        assertThat(reasoning(chunks)).isEqualTo("let me see");
        assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.usage()).isEmpty());
        assertThat(chunks.getLast().choices().getFirst().finishReason()).isPresent();
    }

    @Test
    void streamsUsageWhereItIsAskedFor() {
        var params =
                asking("auto", "Hello").toBuilder()
                        .streamOptions(
                                ChatCompletionStreamOptions.builder().includeUsage(true).build())
                        .build();

        var chunks = stream(params);

        assertThat(chunks.getLast().choices()).isEmpty();
        assertThat(chunks.getLast().usage().orElseThrow().totalTokens()).isEqualTo(14);
        assertThat(chunks.getLast()._allProperties()).containsKey("pointsman");
    }

    @Test
    void listsModels() {
        var ids = client.models().list().autoPager().stream().map(Model::id).toList();

        assertThat(ids).contains("auto", "fast", "reasoner");
        assertThat(client.models().retrieve("fast").id()).isEqualTo("fast");
    }

    @Test
    void tellsAnUnknownModel() {
        var thrown = refused(NotFoundException.class, asking("gpt-17", "Hello"));

        assertThat(thrown.code()).contains("model_not_found");
        assertThat(thrown.param()).contains("model");
        assertThat(thrown).hasMessageContaining("fast, reasoner");
    }

    @Test
    void tellsAWrongKey() {
        var stranger = client("sk-wrong");
        try {
            var thrown =
                    catchThrowableOfType(
                            UnauthorizedException.class,
                            () -> stranger.chat().completions().create(asking("auto", "Hello")));

            assertThat(thrown.code()).contains("invalid_api_key");
            assertThat(small.calls()).noneMatch(call -> call.headers().containsValue("sk-wrong"));
        } finally {
            stranger.close();
        }
    }

    @Test
    void tellsAWrongRequest() {
        var params = ChatCompletionCreateParams.builder().model("auto").messages(List.of()).build();

        var thrown = refused(BadRequestException.class, params);

        assertThat(thrown.type()).contains("invalid_request_error");
        assertThat(thrown.param()).contains("messages");
    }

    @Test
    void tellsWhatTheServerBehindRefuses() {
        small.answers(
                Reply.of(
                        400,
                        "application/json",
                        "{\"error\":{\"message\":\"top_k is not known\",\"type\":\"invalid_request_error\","
                                + "\"param\":\"top_k\",\"code\":\"unknown_parameter\"}}"));

        var thrown = refused(BadRequestException.class, asking("auto", "Hello"));

        assertThat(thrown.code()).contains("unknown_parameter");
        assertThat(thrown.param()).contains("top_k");
    }

    @Test
    void tellsThatThereIsTooMuchToDo() {
        small.answers(Reply.of(429, "application/json", "{}").withHeader("Retry-After", "7"));

        var thrown = refused(RateLimitException.class, asking("auto", "Hello"));

        assertThat(thrown.headers().values("retry-after")).containsExactly("7");
    }

    @Test
    void tellsAFaultBehind() {
        small.answers(Reply.of(500, "text/plain", "boom"));

        var thrown = refused(InternalServerException.class, asking("auto", "Hello"));

        assertThat(thrown.statusCode()).isEqualTo(502);
        assertThat(thrown.code()).contains("upstream_error");
    }

    private <T extends OpenAIServiceException> T refused(
            Class<T> type, ChatCompletionCreateParams params) {
        return catchThrowableOfType(type, () -> client.chat().completions().create(params));
    }

    private List<ChatCompletionChunk> stream(ChatCompletionCreateParams params) {
        try (var response = client.chat().completions().createStreaming(params)) {
            return response.stream().toList();
        }
    }

    static ChatCompletionCreateParams asking(String model, String text) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage(text).build();
    }

    private static String content(List<ChatCompletionChunk> chunks) {
        return deltas(chunks).stream()
                .map(delta -> delta.content().orElse(""))
                .reduce("", String::concat);
    }

    private static String reasoning(List<ChatCompletionChunk> chunks) {
        return deltas(chunks).stream()
                .flatMap(delta -> delta._allProperties().entrySet().stream())
                .filter(field -> field.getKey().equals("reasoning_content"))
                .map(field -> field.getValue().asStringOrThrow())
                .reduce("", String::concat);
    }

    private static List<ChatCompletionChunk.Choice.Delta> deltas(List<ChatCompletionChunk> chunks) {
        return chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .map(ChatCompletionChunk.Choice::delta)
                .toList();
    }
}
