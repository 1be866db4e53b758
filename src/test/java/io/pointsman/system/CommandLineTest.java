package io.pointsman.system;

import static io.pointsman.system.RunningGateway.body;
import static io.pointsman.system.RunningGateway.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.backends.FakeUpstream;
import java.io.BufferedReader;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `bin/pointsman` as a user types it: a process of its own from the packaged jar.
@Timeout(180)
class CommandLineTest {

    private static final Path ROOT = root();
    private static final Pattern URL =
            Pattern.compile("listens on (http://127\\.0\\.0\\.1:\\d+/v1)");

    /// What a process with SIGTERM ends with: 128 and the signal's number.
    private static final int TERMINATED = 128 + 15;

    @TempDir private Path folder;

    @Test
    void runsUntilItIsToldToStop() throws Exception {
        try (var upstream = FakeUpstream.start().answers(Answers.PLAIN)) {
            var keys =
                    finished(command("keys", "create", "team-a"))
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
            var process = command("run").start();
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

    /// `bin/pointsman` with `arguments` in the folder, with an environment of nothing of ours.
    private ProcessBuilder command(String... arguments) {
        assertThat(ROOT.resolve("gateway/target/pointsman-app.jar"))
                .as("the packaged gateway, which `make build` makes")
                .exists();
        var words =
                Stream.concat(
                                Stream.of(ROOT.resolve("bin/pointsman").toString()),
                                Stream.of(arguments))
                        .toList();
        var builder =
                new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("POINTSMAN_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }

    /// What `pointsman run` says before it gives up by itself.
    private String refused() throws Exception {
        var process = command("run").start();
        try (var out = process.inputReader(UTF_8)) {
            var said = text(out);
            assertThat(process.waitFor()).as(said).isEqualTo(1);
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    private static String finished(ProcessBuilder command) throws Exception {
        var process = command.start();
        try (var out = process.inputReader(UTF_8)) {
            var said = text(out);
            assertThat(process.waitFor()).as(said).isZero();
            return said;
        }
    }

    private static String text(BufferedReader out) {
        return out.lines().collect(Collectors.joining("\n"));
    }

    /// The lines up to the one that contains `last`, or to the end.
    private static String until(BufferedReader out, String last) throws IOException {
        var said = new StringBuilder();
        for (var line = out.readLine(); line != null; line = out.readLine()) {
            said.append(line).append('\n');
            if (line.contains(last)) {
                return said.toString();
            }
        }
        throw new AssertionError("it ended and said: " + said);
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

    private static Path root() {
        return Stream.iterate(Path.of("").toAbsolutePath(), Path::getParent)
                .takeWhile(it -> it != null)
                .filter(it -> Files.exists(it.resolve("bin/pointsman")))
                .findFirst()
                .orElseThrow();
    }
}
