package io.pointsman.system;

import static io.pointsman.system.RunningGateway.body;
import static io.pointsman.system.RunningGateway.fact;
import static io.pointsman.system.RunningGateway.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.pointsman.backends.FakeUpstream;
import io.pointsman.classifier.memory.InvalidMemory;
import io.pointsman.gateway.admission.KeyHash;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.config.SecretResolver;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What clients say of answers changes the routes of requests like theirs: the classifier that
/// ships, with the head `generic`, between two scripted servers.
@Timeout(120)
class LearnedRoutesTest {

    private static final String KEY = KeyHash.newKey();
    private static final String OTHER_KEY = KeyHash.newKey();

    private static final List<String> CHANTS =
            List.of(
                    "Which chant do the moss wardens sing on Mondays?",
                    "Which chant do the moss wardens sing on Tuesdays?",
                    "Which chant do the moss wardens sing on Fridays?");

    private static final String FOURTH = "Which chant do the moss wardens sing on Sundays?";

    private static final String UNRELATED = "What is the capital of France?";

    private final FakeUpstream small = FakeUpstream.start();
    private final FakeUpstream deep = FakeUpstream.start();

    @TempDir private Path folder;

    @BeforeEach
    void script() {
        small.answers(Answers.PLAIN);
        deep.answers(Answers.THINKING);
    }

    @AfterEach
    void close() {
        small.close();
        deep.close();
    }

    @Test
    void threeCorrectionsChangeTheRouteOfAFourthPromptLikeThem() throws Exception {
        try (var gateway = start("")) {
            assertThat(route(gateway, FOURTH, KEY)).isEqualTo("fast");
            var unrelated = difficulty(gateway, UNRELATED, KEY);

            correct(gateway, CHANTS);

            assertThat(route(gateway, FOURTH, KEY)).isEqualTo("reasoner");
            assertThat(route(gateway, UNRELATED, KEY)).isEqualTo("fast");
            assertThat(difficulty(gateway, UNRELATED, KEY)).isCloseTo(unrelated, within(0.005));
        }
    }

    @Test
    void otherTenantsKeepTheirRoutes() throws Exception {
        try (var gateway = start("")) {
            var before = difficulty(gateway, FOURTH, OTHER_KEY);

            correct(gateway, CHANTS);

            assertThat(route(gateway, FOURTH, OTHER_KEY)).isEqualTo("fast");
            assertThat(difficulty(gateway, FOURTH, OTHER_KEY)).isEqualTo(before);
        }
    }

    @Test
    void correctionsThatAreTakenBackCountNoMore() throws Exception {
        try (var gateway = start("")) {
            var answers = correct(gateway, CHANTS);
            assertThat(route(gateway, FOURTH, KEY)).isEqualTo("reasoner");

            for (var answer : answers) {
                say(gateway, answer, 1);
            }

            assertThat(route(gateway, FOURTH, KEY)).isEqualTo("fast");
        }
    }

    @Test
    void whatWasLearnedOutlivesARestart() throws Exception {
        var memory = folder.resolve("kept/outcomes.log");
        try (var first = start(inFile(memory))) {
            correct(first, CHANTS);
            assertThat(first.management("/actuator/prometheus"))
                    .contains("pointsman_memory_unsaved 0.0");
        }

        try (var second = start(inFile(memory))) {
            assertThat(route(second, FOURTH, KEY)).isEqualTo("reasoner");
            assertThat(route(second, UNRELATED, KEY)).isEqualTo("fast");
            assertThat(route(second, FOURTH, OTHER_KEY)).isEqualTo("fast");
        }
        assertThat(Files.readString(memory, ISO_8859_1)).doesNotContain("chant", "wardens");
    }

    @Test
    void twoGatewaysDoNotShareAFile() throws Exception {
        var memory = folder.resolve("outcomes.log");
        try (var first = start(inFile(memory))) {
            assertThatThrownBy(() -> start(inFile(memory)))
                    .isInstanceOf(InvalidMemory.class)
                    .hasMessageContaining(memory + " is in use by another process");

            correct(first, CHANTS);
            assertThat(route(first, FOURTH, KEY)).isEqualTo("reasoner");
        }
    }

    private static String inFile(Path memory) {
        return ", memory: {file: \"" + memory + "\"}";
    }

    private RunningGateway start(String classifier) {
        var keys = "team-a:%s,team-b:%s".formatted(KeyHash.of(KEY), KeyHash.of(OTHER_KEY));
        return RunningGateway.start(
                GatewayConfigLoader.parse(
                        "pointsman.yaml",
                        """
                        server: {port: 0}
                        management: {port: 0}
                        classifier: {head: generic%s}
                        backends:
                          small: {base-url: "%s", model: s}
                          deep: {base-url: "%s", model: d}
                        pools: {fast: [small], reasoner: [deep]}
                        policies:
                          default: fast
                          rules: [{name: hard, when: {difficulty-at-least: 0.5}, route: reasoner}]
                        """
                                .formatted(classifier, small.baseUrl(), deep.baseUrl())),
                new SecretResolver(Map.of("POINTSMAN_API_KEYS", keys), Files::readString));
    }

    /// Asks `prompts` and says of each answer of the fast model that it was not good enough.
    private static List<HttpResponse<String>> correct(RunningGateway gateway, List<String> prompts)
            throws Exception {
        var answers = new ArrayList<HttpResponse<String>>();
        for (var prompt : prompts) {
            var answer = chat(gateway, "fast", prompt, KEY);
            say(gateway, answer, 0);
            answers.add(answer);
        }
        return answers;
    }

    private static void say(RunningGateway gateway, HttpResponse<String> answer, int score)
            throws Exception {
        var said =
                post(
                        gateway,
                        "/feedback",
                        "{\"id\":\"%s\",\"score\":%d}".formatted(fact(answer, "request-id"), score),
                        KEY);
        assertThat(said.statusCode()).as(said.body()).isEqualTo(200);
        assertThat(json(said).at("/model").asString()).isEqualTo("fast");
    }

    /// The pool that answered.
    private static String route(RunningGateway gateway, String prompt, String key)
            throws Exception {
        return fact(chat(gateway, "auto", prompt, key), "route");
    }

    private static double difficulty(RunningGateway gateway, String prompt, String key)
            throws Exception {
        return Double.parseDouble(fact(chat(gateway, "auto", prompt, key), "difficulty"));
    }

    private static HttpResponse<String> chat(
            RunningGateway gateway, String model, String prompt, String key) throws Exception {
        var answer = post(gateway, "/chat/completions", body(model, prompt, ""), key);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    private static HttpResponse<String> post(
            RunningGateway gateway, String path, String body, String key) throws Exception {
        return gateway.send(
                gateway.request(path)
                        .header("Authorization", "Bearer " + key)
                        .POST(BodyPublishers.ofString(body)));
    }
}
