package io.pointsman.gateway;

import static io.pointsman.backends.FakeUpstream.chunk;
import static io.pointsman.backends.FakeUpstream.finish;
import static io.pointsman.gateway.OneModel.body;
import static io.pointsman.gateway.OneModel.get;
import static io.pointsman.gateway.OneModel.uri;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification;
import io.pointsman.backends.FakeUpstream;
import io.pointsman.backends.FakeUpstream.Reply;
import io.pointsman.gateway.admission.KeyHash;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.config.SecretResolver;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Canaries for a prompt, for the client's key and for the key of a server, and a look for them in
/// everything that comes out.
@Timeout(60)
class CanaryTest {

    private static final String PROMPT = "prompt-canary-77";
    private static final String BUG = " that meets a bug";
    private static final String CLIENT_KEY = KeyHash.newKey();
    private static final String SERVER_KEY = "sk-canary-of-the-server-4711";

    @TempDir private Path folder;

    private final List<String> logs = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();

    @Test
    void t60_noCanaryComesOutAndNoStackTrace() throws Exception {
        var logged = new ListAppender<ILoggingEvent>();
        var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        var ours = (Logger) LoggerFactory.getLogger("io.pointsman");
        var level = ours.getLevel();
        logged.start();
        String management;
        try (var upstream = FakeUpstream.start();
                var server = start(upstream);
                var client = HttpClient.newHttpClient()) {
            // Starting up sets logging anew.
            root.addAppender(logged);
            ours.setLevel(Level.TRACE);
            for (var reply : replies()) {
                upstream.answers(reply);
                ask(client, server, body("fast", "").replace("hello", PROMPT));
                ask(client, server, body("fast", ",\"stream\":true").replace("hello", PROMPT));
            }
            ask(client, server, "{\"model\":\"fast\",\"messages\":\"" + PROMPT);
            ask(client, server, "{\"model\":7,\"messages\":[\"" + PROMPT + "\"]}");
            ask(client, server, body("auto", "").replace("hello", PROMPT + BUG));
            ask(client, server, body("no-such-model", "").replace("hello", PROMPT));
            assertThat(upstream.calls())
                    .allSatisfy(call ->
                            assertThat(call.headers())
                                    .containsEntry("authorization", "Bearer " + SERVER_KEY));
            management =
                    get(client, server.managementPort(), "/actuator/prometheus")
                            + get(client, server.managementPort(), "/actuator/health")
                            + get(client, server.managementPort(), "/actuator/info")
                            + get(client, server.managementPort(), "/actuator/env")
                            + get(client, server.managementPort(), "/v1/usage");
        } finally {
            root.detachAppender(logged);
            ours.setLevel(level);
        }
        for (var event : List.copyOf(logged.list)) {
            var thrown = event.getThrowableProxy();
            logs.add(
                    event.getFormattedMessage()
                            + (thrown == null ? "" : ThrowableProxyUtil.asString(thrown)));
        }

        assertThat(logs).anyMatch(log -> log.contains("a bug")).allSatisfy(CanaryTest::hasNoCanary);
        hasNoCanary(management);
        assertThat(spool()).isNotEmpty().allSatisfy(CanaryTest::hasNoCanary);
        assertThat(answers)
                .hasSize(2 * replies().size() + 4)
                .allSatisfy(CanaryTest::hasNoCanary)
                .allSatisfy(answer ->
                        assertThat(answer)
                                .doesNotContain("\tat ", "Exception", "io.pointsman", "java."));
    }

    /// Good and bad ones, some of which repeat what they were sent.
    private static List<Reply> replies() {
        return List.of(
                Reply.events(chunk("{\"content\":\"Hi\"}"), finish("stop"), "[DONE]"),
                Reply.events(chunk("{\"content\":\"Hi\"}")).thenDrop(),
                Reply.stream("data: {\"choices\":[{" + PROMPT + "\n\n"),
                Reply.of(200, "text/html", "<html>" + PROMPT),
                Reply.of(
                        401,
                        "application/json",
                        "{\"error\":{\"message\":\"Incorrect API key provided: "
                                + SERVER_KEY
                                + "\"}}"),
                Reply.of(500, "text/plain", PROMPT + SERVER_KEY),
                Reply.drop());
    }

    private GatewayServer start(FakeUpstream upstream) {
        var config =
                GatewayConfigLoader.parse(
                        "test.yaml",
                        """
                        server: {port: 0}
                        management: {port: 0}
                        backends: {one: {base-url: "%s", model: m, api-key: {env: SERVER_KEY}, breaker: {window: 1000, minimum-calls: 1000}}}
                        pools: {fast: {backends: [one], max-attempts: 1}}
                        policies: {default: fast}
                        """
                                .formatted(upstream.baseUrl()));
        var secrets =
                new SecretResolver(
                        Map.of(
                                "SERVER_KEY",
                                SERVER_KEY,
                                "POINTSMAN_API_KEYS",
                                "team:" + KeyHash.of(CLIENT_KEY),
                                "POINTSMAN_DATA",
                                folder.toString()),
                        Files::readString);
        return GatewayServer.start(
                config, Gateway.create(config, secrets, (_, _) -> CanaryTest::judge), secrets);
    }

    private static Classification judge(ChatRequest request) {
        if (!request.messages().isEmpty() && request.messages().getLast().text().endsWith(BUG)) {
            throw new IllegalStateException("a bug");
        }
        return Classification.Scored.of(0.1, List.of("test"));
    }

    private void ask(HttpClient client, GatewayServer server, String body) throws Exception {
        var request =
                HttpRequest.newBuilder(uri(server))
                        .header("Authorization", "Bearer " + CLIENT_KEY)
                        .POST(BodyPublishers.ofString(body))
                        .build();
        String text;
        try {
            var response = client.send(request, BodyHandlers.ofString());
            text = response.statusCode() + response.headers().map().toString() + response.body();
        } catch (IOException cut) {
            text = "cut";
        }
        answers.add(text);
    }

    private List<String> spool() throws IOException {
        try (var files = Files.walk(folder)) {
            var texts = new ArrayList<String>();
            for (var file : files.filter(Files::isRegularFile).toList()) {
                texts.add(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
            return texts;
        }
    }

    private static void hasNoCanary(String text) {
        assertThat(text).doesNotContain(PROMPT, CLIENT_KEY, SERVER_KEY);
    }
}
