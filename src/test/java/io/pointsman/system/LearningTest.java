package io.pointsman.system;

import static io.pointsman.system.RunningGateway.assertError;
import static io.pointsman.system.RunningGateway.body;
import static io.pointsman.system.RunningGateway.fact;
import static io.pointsman.system.RunningGateway.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.pointsman.api.Label;
import io.pointsman.api.Label.Origin;
import io.pointsman.backends.FakeUpstream;
import io.pointsman.backends.FakeUpstream.Reply;
import io.pointsman.gateway.admission.KeyHash;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.config.SecretResolver;
import io.pointsman.system.FakeClassifier.Lesson;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A gateway learns from its clients and its traffic: each label reaches the classifier once.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class LearningTest {

    static final String KEY = KeyHash.newKey();
    private static final String OTHER_KEY = KeyHash.newKey();
    private static final String EASY = "an easy one";
    private static final String HARD = "a hard one";

    private final FakeUpstream small = FakeUpstream.start();
    private final FakeUpstream deep = FakeUpstream.start();
    private final FakeClassifier classifier = new FakeClassifier();
    private final RunningGateway gateway = start(small, deep, "", classifier);

    /// Starts a gateway between `small` and `deep`, with `more` sections in its configuration.
    static RunningGateway start(
            FakeUpstream small, FakeUpstream deep, String more, FakeClassifier with) {
        var keys = "team-a:%s,team-b:%s".formatted(KeyHash.of(KEY), KeyHash.of(OTHER_KEY));
        return RunningGateway.start(
                GatewayConfigLoader.parse(
                        "pointsman.yaml",
                        """
                        server: {port: 0}
                        management: {port: 0}
                        backends:
                          small: {base-url: "%s", model: s, price: {prompt: 1, completion: 1}}
                          deep: {base-url: "%s", model: d, price: {prompt: 1, completion: 1}}
                          other: {base-url: "%s", model: o}
                        pools: {fast: [small], reasoner: [deep], left: [other]}
                        policies:
                          default: fast
                          rules: [{name: hard, when: {difficulty-at-least: 0.6}, route: reasoner, fallback: [fast]}]
                        """
                                        .formatted(small.baseUrl(), deep.baseUrl(), small.baseUrl())
                                + more),
                new SecretResolver(Map.of("POINTSMAN_API_KEYS", keys), Files::readString),
                (_, _) -> with);
    }

    @BeforeEach
    void script() {
        small.answers(Answers.PLAIN);
        deep.answers(Answers.THINKING);
        classifier.forget();
    }

    @AfterAll
    void close() {
        gateway.close();
        small.close();
        deep.close();
        assertThat(classifier.closed()).isTrue();
    }

    @Test
    void learnsFromAClientsWord() throws Exception {
        var easy = chat(body("auto", EASY, ""));
        var hard = chat(body("auto", HARD, ",\"stream\":true"));

        var about = feedback(said(easy, "0.2"));
        var second = feedback(said(hard, "1"));

        assertThat(about.statusCode()).as(about.body()).isEqualTo(200);
        assertThat(json(about))
                .isEqualTo(
                        json(
                                "{\"object\":\"feedback\",\"id\":\"%s\",\"learned\":true,\"model\":\"fast\",\"route\":\"fast\"}"
                                        .formatted(fact(easy, "request-id"))));
        assertThat(json(second).at("/model").asString()).isEqualTo("reasoner");
        assertThat(classifier.lessons())
                .extracting(Lesson::tenant, Lesson::prompt, Lesson::label)
                .containsExactly(
                        tuple("team-a", hash(EASY), Label.ofFast(0.2, Origin.FEEDBACK, 1)),
                        tuple("team-a", hash(HARD), Label.ofReasoner(1, Origin.FEEDBACK, 1)));
        assertThat(gateway.management("/actuator/prometheus"))
                .contains("pointsman_labels_total{model=\"fast\",origin=\"feedback\"}")
                .contains("pointsman_calibration_error")
                .contains("pointsman_comparisons_total{outcome=\"over_budget\"} 0.0")
                .contains("pointsman_comparison_cost_usd_total 0.0");
    }

    @Test
    void replacesWhatAClientSaidBefore() throws Exception {
        var answer = chat(body("auto", EASY, ""));

        feedback(said(answer, "0"));
        feedback(said(answer, "1"));

        assertThat(classifier.lessons()).extracting(Lesson::id).hasSize(2);
        assertThat(classifier.lessons().getFirst().id())
                .isEqualTo(classifier.lessons().getLast().id());
        assertThat(classifier.lessons().getLast().label())
                .isEqualTo(Label.ofFast(1, Origin.FEEDBACK, 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"score\":1} | id | missing_required_parameter",
                "{\"id\":null,\"score\":1} | id | missing_required_parameter",
                "{\"id\":7,\"score\":1} | id | invalid_type",
                "{\"id\":\"a b\",\"score\":1} | id | invalid_value",
                "{\"id\":\"r\"} | score | missing_required_parameter",
                "{\"id\":\"r\",\"score\":\"1\"} | score | invalid_type",
                "{\"id\":\"r\",\"score\":true} | score | invalid_type",
                "{\"id\":\"r\",\"score\":1.01} | score | invalid_value",
                "{\"id\":\"r\",\"score\":-0.1} | score | invalid_value",
                "{\"id\":\"r\",\"score\":1e999} | score | invalid_value",
                "[] | | invalid_json",
                "{\"id\": | | invalid_json",
                "{\"id\":\"r\",\"score\":NaN} | | invalid_json",
                "{\"id\":\"r\",\"score\":0,\"score\":1} | | invalid_json",
                "{\"id\":\"r\",\"id\":\"s\",\"score\":1} | | invalid_json",
            })
    void saysWhatIsWrongWithFeedback(String body, String param, String code) throws Exception {
        var response = feedback(body);

        assertError(response, 400, code);
        assertThat(json(response).at("/error/param").asString(null)).isEqualTo(param);
        assertThat(classifier.lessons()).isEmpty();
    }

    @Test
    void aScoreThatNoDoubleHoldsIsOutOfRange() throws Exception {
        var response = feedback("{\"id\":\"r\",\"score\":" + "9".repeat(400) + "}");

        assertError(response, 400, "invalid_value");
        assertThat(json(response).at("/error/param").asString()).isEqualTo("score");
    }

    @Test
    void takesFeedbackFromTheRequestsOwnTenantOnly() throws Exception {
        var answer = chat(body("auto", EASY, ""));

        var strangers = post("/feedback", said(answer, "0"), OTHER_KEY);
        var unknown = feedback("{\"id\":\"req-unknown\",\"score\":0}");
        var keyless =
                gateway.send(
                        gateway.request("/feedback")
                                .POST(BodyPublishers.ofString(said(answer, "0"))));

        assertError(strangers, 404, "request_not_found");
        assertThat(strangers.body()).isEqualTo(unknown.body()).contains("24 hours");
        assertError(keyless, 401, "invalid_api_key");
        assertThat(classifier.lessons()).isEmpty();
        assertThat(feedback(said(answer, "0")).statusCode()).isEqualTo(200);
    }

    @Test
    void keepsTenantsWithOneIdApart() throws Exception {
        chat(body("auto", EASY, ""), KEY, "shared");
        chat(body("auto", HARD, ""), OTHER_KEY, "shared");

        var mine = feedback("{\"id\":\"shared\",\"score\":1,\"note\":\"ignored\"}");

        assertThat(json(mine).at("/model").asString()).isEqualTo("fast");
    }

    @Test
    void hasNothingToLearnFromWhatHasNoAnswer() throws Exception {
        deep.answers(Reply.of(400, "text/plain", "no"));
        var failed = chat(body("auto", HARD, ""));
        assertThat(failed.statusCode()).isEqualTo(400);
        assertError(feedback(said(failed, "0")), 409, "not_answered");

        var before = small.calls().size();
        small.answers(Reply.hang());
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.getOutputStream().write(raw(body("auto", EASY, ""), "pending"));
            small.awaitCalls(before + 1);
            assertError(feedback("{\"id\":\"pending\",\"score\":1}"), 409, "not_answered");
        }
        assertThat(classifier.lessons()).isEmpty();
    }

    @Test
    void hasNothingToLearnFromWhatItDoesNotJudge() throws Exception {
        var blank = chat(body("auto", "blank", ""));
        var left = chat(body("left", EASY, ""));

        assertError(feedback(said(blank, "0")), 409, "not_learnable");
        assertError(feedback(said(left, "0")), 409, "not_learnable");
        assertThat(json(feedback(said(left, "0"))).at("/error/message").asString())
                .contains("pool left", "fast and reasoner");
        assertThat(classifier.lessons()).isEmpty();
    }

    @Test
    void learnsFromWhatAClientRouted() throws Exception {
        var answer = chat(body("reasoner", EASY, ""));

        assertThat(json(feedback(said(answer, "1"))).at("/model").asString()).isEqualTo("reasoner");
        assertThat(answer.headers().firstValue("x-pointsman-difficulty")).isEmpty();
    }

    @Test
    void refusesWhatIsNoFeedback() throws Exception {
        assertError(
                gateway.send(gateway.request("/feedback").header("Authorization", "Bearer " + KEY)),
                405,
                "method_not_allowed");
        assertError(feedback("{\"id\":\"" + "x".repeat(70_000) + "\"}"), 413, "request_too_large");
    }

    @Test
    void seesAnAnswerThatIsNotTheJsonAskedFor() throws Exception {
        small.answers(Answers.saying("Here you are: {}"));
        var json = ",\"response_format\":{\"type\":\"json_object\"}";
        var broken = chat(body("auto", EASY, json));
        small.answers(Answers.saying("{}"));
        chat(body("auto", EASY, json));

        settle();
        assertThat(classifier.lessons())
                .extracting(Lesson::label)
                .containsExactly(Label.ofFast(0, Origin.EVIDENCE, 0.7));
        assertThat(classifier.lessons().getFirst().id()).startsWith(fact(broken, "request-id"));
    }

    @Test
    void seesThatAPromptIsTriedAgainOnTheReasoner() throws Exception {
        var first = chat(body("auto", "a simple one", ",\"stream\":true"));
        chat(body("reasoner", "a simple one", ""), OTHER_KEY, "r");
        chat(body("reasoner", "a simple one", ""));
        chat(body("reasoner", "a simple one", ""));

        settle();
        assertThat(classifier.lessons())
                .extracting(Lesson::label)
                .containsExactly(Label.ofFast(0, Origin.EVIDENCE, 0.4));
        assertThat(classifier.lessons().getFirst().id()).startsWith(fact(first, "request-id"));
        assertThat(classifier.lessons().getFirst().tenant()).isEqualTo("team-a");
    }

    /// Waits until all that was seen so far is learned: it is learned in order.
    private void settle() throws Exception {
        feedback("{\"id\":\"nothing\",\"score\":0}");
    }

    private HttpResponse<String> chat(String body) throws Exception {
        return post("/chat/completions", body, KEY);
    }

    private HttpResponse<String> chat(String body, String key, String id) throws Exception {
        return gateway.send(
                gateway.request("/chat/completions")
                        .header("Authorization", "Bearer " + key)
                        .header("X-Request-Id", id)
                        .POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> feedback(String body) throws Exception {
        return post("/feedback", body, KEY);
    }

    private HttpResponse<String> post(String path, String body, String key) throws Exception {
        return gateway.send(
                gateway.request(path)
                        .header("Authorization", "Bearer " + key)
                        .POST(BodyPublishers.ofString(body)));
    }

    private static String said(HttpResponse<String> answer, String score) {
        return "{\"id\":\"%s\",\"score\":%s}".formatted(fact(answer, "request-id"), score);
    }

    private static long hash(String text) {
        return text.hashCode();
    }

    private static byte[] raw(String body, String id) {
        return """
        POST /v1/chat/completions HTTP/1.1\r
        Host: localhost\r
        Authorization: Bearer %s\r
        X-Request-Id: %s\r
        Content-Length: %d\r
        \r
        %s\
        """
                .formatted(KEY, id, body.length(), body)
                .getBytes(StandardCharsets.UTF_8);
    }
}
