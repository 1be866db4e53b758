package io.pointsman.system;

import static io.pointsman.system.Commands.TERMINATED;
import static io.pointsman.system.Commands.commandIn;
import static io.pointsman.system.Commands.ended;
import static io.pointsman.system.Commands.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionCreateParams;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `pointsman serve` as a user starts it, and OpenAI's own Java client, unmodified, against it.
@Timeout(180)
class ServeCommandTest {

    private static final Pattern URL = Pattern.compile("on (http://127\\.0\\.0\\.1:\\d+/v1)");

    @TempDir private Path folder;

    @Test
    void servesTheBundledReasonerUntilItIsToldToStop() throws Exception {
        var process = commandIn(folder, "serve", "--port", "0").start();
        try (var out = process.inputReader(UTF_8)) {
            var greeting = until(out, "\"messages\"");
            assertThat(greeting).contains("Memory: weights ", "per token", "curl ", "/metrics");

            try (var client = new Client(greeting)) {
                client.chats();
                client.streams();
                client.completes();
                assertThat(client.openAi.models().list().data()).hasSize(1);
            }
            process.destroy();

            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(TERMINATED);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void downloadsAModelFromAHub() throws Exception {
        byte[] model;
        try (var in =
                Objects.requireNonNull(
                        getClass().getResourceAsStream("/io/pointsman/serving/models/fast.gguf"))) {
            model = in.readAllBytes();
        }
        var hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hub.createContext(
                "/mini/fast/resolve/main/fast.gguf",
                exchange -> {
                    boolean head = exchange.getRequestMethod().equals("HEAD");
                    if (head) {
                        exchange.getResponseHeaders()
                                .add("Content-Length", String.valueOf(model.length));
                    }
                    exchange.sendResponseHeaders(200, head ? -1 : model.length);
                    if (!head) {
                        exchange.getResponseBody().write(model);
                    }
                    exchange.close();
                });
        hub.start();
        var process =
                commandIn(
                                folder,
                                "serve",
                                "--model",
                                "hub:mini/fast/fast.gguf",
                                "--hub",
                                "http://127.0.0.1:" + hub.getAddress().getPort(),
                                "--model-dir",
                                "models",
                                "--kv-cache-dtype",
                                "q8",
                                "--port",
                                "0")
                        .start();
        try (var out = process.inputReader(UTF_8)) {
            var greeting = until(out, "\"messages\"");

            assertThat(greeting).contains("mini/fast/fast.gguf [####", "100 % of 1 MiB");
            assertThat(folder.resolve("models/mini/fast/main/fast.gguf")).hasBinaryContent(model);
            try (var client = new Client(greeting)) {
                client.streams();
            }
        } finally {
            process.destroyForcibly();
            hub.stop(0);
        }
    }

    @Test
    void saysWhatIsWrongBeforeItLoadsAnything() throws Exception {
        Files.writeString(folder.resolve("text.gguf"), "no model");
        Files.writeString(folder.resolve("broken.jinja"), "{% if %}");

        assertThat(refused("--model", "text.gguf")).contains("text.gguf: this is not a GGUF file");
        assertThat(refused("--model", "missing.gguf")).contains("cannot read missing.gguf");
        assertThat(refused("--model", "hub:nothing")).contains("owner/repository/file.gguf");
        assertThat(refused("--kv-cache-memory", "900G"))
                .contains("the model needs 900.0 GiB of memory", "POINTSMAN_JAVA_OPTS=-Xmx");
        assertThat(refused("--kv-cache-memory", "much")).contains("--kv-cache-memory is 'much'");
        assertThat(refused("--max-num-seqs", "8", "--max-num-batched-tokens", "4"))
                .contains("--max-num-batched-tokens is 4, it must be at least --max-num-seqs");
        assertThat(refused("--block-size", "0")).contains("--block-size is 0, it must be from 1");
        assertThat(refused("--kv-cache-dtype", "f8")).contains("f32, f16 or q8");
    }

    @Test
    void saysThatItsPortIsTaken() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(refused("--port", String.valueOf(taken.getLocalPort())))
                    .contains("is the port taken?");
        }
    }

    private String refused(String... options) throws Exception {
        var arguments = new String[options.length + 1];
        arguments[0] = "serve";
        System.arraycopy(options, 0, arguments, 1, options.length);
        var said = ended(commandIn(folder, arguments), 1);
        assertThat(said).doesNotContain("\tat ");
        return said;
    }

    private static final class Client implements AutoCloseable {

        private final OpenAIClient openAi;

        Client(String greeting) {
            var url = URL.matcher(greeting);
            assertThat(url.find()).as(greeting).isTrue();
            openAi =
                    OpenAIOkHttpClient.builder()
                            .baseUrl(url.group(1))
                            .apiKey("none")
                            .maxRetries(0)
                            .timeout(Duration.ofSeconds(60))
                            .build();
        }

        private static ChatCompletionCreateParams question() {
            return ChatCompletionCreateParams.builder()
                    .model("")
                    .addUserMessage("What is 48 + 29?")
                    .temperature(0)
                    .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
                    .build();
        }

        void chats() {
            var answer = openAi.chat().completions().create(question());

            var message = answer.choices().getFirst().message();
            assertThat(message.content().orElseThrow()).contains("77");
            assertThat(
                            answer.usage()
                                    .orElseThrow()
                                    .completionTokensDetails()
                                    .orElseThrow()
                                    .reasoningTokens()
                                    .orElseThrow())
                    .isPositive();
        }

        void streams() {
            var text = new StringBuilder();
            try (var stream = openAi.chat().completions().createStreaming(question())) {
                stream.stream()
                        .flatMap(chunk -> chunk.choices().stream())
                        .forEach(choice -> choice.delta().content().ifPresent(text::append));
            }
            assertThat(text.toString()).contains("77");
        }

        void completes() {
            var answer =
                    openAi.completions()
                            .create(
                                    CompletionCreateParams.builder()
                                            .model("")
                                            .prompt("<user>What is 48 + 29?<asst>")
                                            .maxTokens(40)
                                            .build());

            assertThat(answer.choices()).hasSize(1);
            assertThat(answer.usage().orElseThrow().completionTokens()).isPositive();
        }

        @Override
        public void close() {
            openAi.close();
        }
    }
}
