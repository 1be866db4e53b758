package io.pointsman.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionMessage;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// What a user gets before anything is configured, seen by OpenAI's own Java client: two bundled
/// models, and each question to the one that can answer it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class BundledModelsTest {

    private final RunningGateway gateway = RunningGateway.start("");
    private final OpenAIClient client =
            OpenAIOkHttpClient.builder()
                    .baseUrl(gateway.baseUrl())
                    .apiKey("none is needed")
                    .maxRetries(0)
                    .timeout(Duration.ofSeconds(30))
                    .build();

    @AfterAll
    void close() {
        client.close();
        gateway.close();
    }

    @Test
    void answersAnEasySumAtOnce() {
        var answer = ask("auto", "What is 7 + 5?");
        assertThat(answer.route()).isEqualTo("fast");
        assertThat(answer.message().content().orElseThrow()).contains("12");
    }

    @Test
    void thinksAboutAHardSum() {
        var answer = ask("auto", "What is 4738 + 2915 - 386?");
        assertThat(answer.route()).isEqualTo("reasoner");
        var message = answer.message();
        assertThat(message._allProperties().get("reasoning_content"))
                .extracting(value -> value.asStringOrThrow())
                .asString()
                .isNotBlank();
        assertThat(message.content().orElseThrow()).contains("7267");
    }

    @Test
    void streamsTheSameAnswer() {
        var params = OpenAiClientTest.asking("reasoner", "What is 4738 + 2915 - 386?");
        try (var response = client.chat().completions().createStreaming(params)) {
            var text =
                    response.stream()
                            .flatMap(chunk -> chunk.choices().stream())
                            .flatMap(choice -> choice.delta().content().stream())
                            .reduce("", String::concat);

            assertThat(text).contains("7267").doesNotContain("<think>");
        }
    }

    @Test
    void saysWhatItIsOutsideItsSmallWorld() {
        var answer = ask("auto", "hello");
        assertThat(answer.message().content().orElseThrow()).contains("pointsman.yaml");
    }

    @Test
    void aClientMayNameTheModel() {
        var answer = ask("reasoner", "What is 7 + 5?");
        assertThat(answer.route()).isEqualTo("reasoner");
        assertThat(answer.message().content().orElseThrow()).contains("12");
    }

    private Answer ask(String model, String text) {
        var params = OpenAiClientTest.asking(model, text);
        try (var response = client.chat().completions().withRawResponse().create(params)) {
            return new Answer(
                    response.headers().values("x-pointsman-route").getFirst(),
                    response.parse().choices().getFirst().message());
        }
    }

    /// An answer and the route that it came by.
    private record Answer(String route, ChatCompletionMessage message) {}
}
