package io.pointsman.system;

import static io.pointsman.system.RunningGateway.assertError;
import static io.pointsman.system.RunningGateway.body;
import static io.pointsman.system.RunningGateway.fact;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Label;
import io.pointsman.api.Label.Origin;
import io.pointsman.backends.FakeUpstream;
import io.pointsman.system.FakeClassifier.Lesson;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Gateways that learn otherwise than by default.
@Timeout(60)
class LearningSettingsTest {

    private final FakeUpstream small = FakeUpstream.start();
    private final FakeUpstream deep = FakeUpstream.start();

    @AfterEach
    void close() {
        small.close();
        deep.close();
    }

    @Test
    void learnsNothingThatIsSwitchedOff() throws Exception {
        var own = new FakeClassifier();
        try (var quiet =
                LearningTest.start(small, deep, "learn: {feedback: false, evidence: false}", own)) {
            var request =
                    quiet.request("/feedback")
                            .header("Authorization", "Bearer " + LearningTest.KEY)
                            .POST(BodyPublishers.ofString("{\"id\":\"r\",\"score\":1}"));
            assertError(quiet.send(request), 404, "feedback_off");
        }
        assertThat(own.closed()).isTrue();
    }

    @Test
    void answersEvenSumsTwiceWithinItsMeans() throws Exception {
        var own = new FakeClassifier();
        // A call is expected to cost 0.0002 dollars at most, and costs 0.00011.
        var comparing = "learn: {comparison: {share: 1, max-cost-per-day: 0.0003}}";
        small.answers(Answers.saying("It is 42."));
        deep.answers(Answers.saying("Answer: 43"));
        try (var busy = LearningTest.start(small, deep, comparing, own)) {
            var before = deep.calls().size();
            for (var i = 0; i < 3; i++) {
                var answer =
                        busy.send(
                                busy.request("/chat/completions")
                                        .header("Authorization", "Bearer " + LearningTest.KEY)
                                        .header("X-Request-Id", "even-" + i)
                                        .POST(
                                                BodyPublishers.ofString(
                                                        body(
                                                                "auto",
                                                                "an even one",
                                                                ",\"max_tokens\":100,\"seed\":7"))));
                assertThat(fact(answer, "backend")).isEqualTo("small");
                assertThat(answer.body()).contains("42").doesNotContain("43");
                if (i < 2) {
                    var lesson = own.next();
                    assertThat(lesson)
                            .extracting(Lesson::label)
                            .isEqualTo(Label.ofBoth(0, 1, Origin.COMPARISON, 0.5));
                }
            }
            awaitMetric(busy, "pointsman_comparisons_total{outcome=\"over_budget\"} 1.0");
            assertThat(own.lessons()).isEmpty();
            var calls = deep.calls().subList(before, deep.calls().size());
            assertThat(calls).hasSize(2);
            assertThat(calls.getFirst().body()).contains("\"seed\":7", "an even one");
            assertThat(calls.getFirst().headers()).containsEntry("x-request-id", "even-0-compared");
            assertThat(busy.management("/actuator/prometheus"))
                    .contains("pointsman_comparisons_total{outcome=\"differed\"} 2.0")
                    .contains("pointsman_comparison_cost_usd_total 2.2E-4")
                    .contains(
                            "pointsman_requests_total{backend=\"deep\",outcome=\"completed\",route=\"reasoner\"}"
                                    + " 2.0");
        }
    }

    private static void awaitMetric(RunningGateway of, String line) throws Exception {
        var end = System.nanoTime() + 10_000_000_000L;
        while (!of.management("/actuator/prometheus").contains(line)) {
            assertThat(System.nanoTime()).as(line).isLessThan(end);
        }
    }
}
