package io.pointsman.system;

import static io.pointsman.system.Commands.TERMINATED;
import static io.pointsman.system.Commands.commandIn;
import static io.pointsman.system.Commands.ended;
import static io.pointsman.system.Commands.finished;
import static io.pointsman.system.Commands.text;
import static io.pointsman.system.Commands.until;
import static io.pointsman.system.RunningGateway.body;
import static io.pointsman.system.RunningGateway.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.backends.FakeUpstream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `bin/pointsman` as a user types it: a process of its own from the packaged jar.
@Timeout(180)
class CommandLineTest {

    private static final Pattern URL =
            Pattern.compile("listens on (http://127\\.0\\.0\\.1:\\d+/v1)");

    @TempDir private Path folder;

    @Test
    void runsUntilItIsToldToStop() throws Exception {
        try (var upstream = FakeUpstream.start().answers(Answers.PLAIN)) {
            var keys =
                    finished(commandIn(folder, "keys", "create", "team-a"))
                            .lines()
                            .map(String::strip)
                            .toList();
            var key = keys.get(1);
            Files.writeString(folder.resolve("keys"), keys.getLast());
            configure(
                    """
                    server: {host: 127.0.0.1, port: 0}
                    management: {port: 0}
                    auth: {keys-file: keys}
                    """
                            + backends(upstream));
            var process = commandIn(folder, "run").start();
            try (var out = process.inputReader(UTF_8)) {
                var greeting = until(out, "\"messages\"");

                assertThat(greeting)
                        .contains("pointsman.yaml", "fast -> small", "reasoner -> small");
                assertThat(greeting).contains("curl ").doesNotContain("loopback");
                var url = url(greeting);
                assertThat(greeting).contains(url + "/chat/completions");
                assertThat(post(url, "pmk-wrong").statusCode()).isEqualTo(401);
                var answer = post(url, key);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                assertThat(json(answer).at("/choices/0/message/content").asString())
                        .isEqualTo("Hello there");

                process.destroy();

                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(TERMINATED);
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void t55_aTerminatedProcessEndsItsStreamsWithAnErrorAndOnce() throws Exception {
        var hello = FakeUpstream.Reply.events(FakeUpstream.chunk("{\"content\":\"Hel\"}"));
        try (var upstream = FakeUpstream.start().answers(hello.thenHang())) {
            configure(
                    "server: {port: 0, drain: {delay: 200ms, timeout: 500ms}}\n"
                            + "management: {port: 0}\n"
                            + backends(upstream));
            var process = commandIn(folder, "run").start();
            try (var out = process.inputReader(UTF_8);
                    var client = HttpClient.newHttpClient()) {
                var url = url(until(out, "\"messages\""));
                var asked =
                        HttpRequest.newBuilder(URI.create(url + "/chat/completions"))
                                .POST(
                                        BodyPublishers.ofString(
                                                body("fast", "Hello", ",\"stream\":true")))
                                .build();
                var answer = client.send(asked, BodyHandlers.ofInputStream());
                assertThat(answer.statusCode()).isEqualTo(200);

                // The handle's way leaves what the process says readable.
                process.toHandle().destroy();
                process.toHandle().destroy();

                var all = new String(answer.body().readAllBytes(), UTF_8);
                assertThat(all).contains("Hel").contains("server_shutting_down");
                assertThat(all).doesNotContain("[DONE]");
                upstream.awaitIdle();
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(TERMINATED);
                var said = text(out);
                assertThat(said).containsOnlyOnce("have not ended within server.drain.timeout");
                assertThat(said.lines().filter(line -> line.contains("\"shut_down\""))).hasSize(1);
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void aWrongKeyStopsTheStartAndNamesItsPlace() throws Exception {
        configure(
                """
                backends:
                  small:
                    base-ulr: http://127.0.0.1:1/v1
                    model: m
                pools: {fast: [small]}
                policies: {default: fast}
                """);

        assertThat(refused())
                .contains(
                        "pointsman.yaml:3:5: backends.small.base-ulr is not a known key; did you mean"
                                + " base-url?")
                .doesNotContain("\tat ");
    }

    @Test
    void aMissingKeyOfAServerStopsTheStart() throws Exception {
        configure(
                """
                backends:
                  small:
                    base-url: http://127.0.0.1:1/v1
                    model: m
                    api-key: {env: POINTSMAN_TEST_UNSET}
                pools: {fast: [small]}
                policies: {default: fast}
                """);

        assertThat(refused())
                .contains(
                        "pointsman.yaml:5:14: backends.small.api-key refers to the environment variable"
                                + " POINTSMAN_TEST_UNSET, which is not set")
                .doesNotContain("\tat ");
    }

    @Test
    void withoutKeysItDoesNotListenToTheNetwork() throws Exception {
        configure(
                "server: {host: 0.0.0.0, port: 0}\nmanagement: {port: 0}\n"
                        + backends("http://127.0.0.1:1/v1"));

        assertThat(refused())
                .contains("without API keys the gateway listens on loopback only, not on 0.0.0.0")
                .contains("auth.keys-file")
                .doesNotContain("\tat ");
    }

    private void configure(String yaml) throws IOException {
        Files.writeString(folder.resolve("pointsman.yaml"), yaml);
    }

    private static String backends(FakeUpstream upstream) {
        return backends(upstream.baseUrl().toString());
    }

    private static String backends(String url) {
        return """
        backends:
          small: {base-url: "%s", model: m}
        pools: {fast: [small], reasoner: [small]}
        policies: {default: fast}
        """
                .formatted(url);
    }

    /// What `pointsman run` says before it gives up by itself.
    private String refused() throws Exception {
        return ended(commandIn(folder, "run"), 1);
    }

    private static String url(String greeting) {
        var matcher = URL.matcher(greeting);
        assertThat(matcher.find()).as(greeting).isTrue();
        return matcher.group(1);
    }

    private static HttpResponse<String> post(String url, String key) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(url + "/chat/completions"))
                            .header("Authorization", "Bearer " + key)
                            .POST(BodyPublishers.ofString(body("auto", "Hello", "")))
                            .build(),
                    BodyHandlers.ofString());
        }
    }
}
