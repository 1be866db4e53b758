package io.pointsman.gateway.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.BackendLoad;
import io.pointsman.api.Candidate;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.Outage;
import io.pointsman.api.RequestId;
import io.pointsman.api.Route;
import io.pointsman.api.Tenant;
import io.pointsman.api.wire.ChatRequestReader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AbsenceTest {

    private static final int LONG = 100_000;

    @Test
    void t59_whereAllCoolItIsTooMuchUntilTheFirstIsBack() {
        var failure =
                failure(
                        out("a", LONG, Outage.Cause.COOLING, 30),
                        out("b", LONG, Outage.Cause.COOLING, 12));

        assertThat(((Failure.Overloaded) failure).retryAfter()).isEqualTo(Duration.ofSeconds(12));
        assertThat(failure.message())
                .contains("'a' is out of quota and cooling for 30 s", "'b'", "try again in 12 s");
    }

    @Test
    void t59_whereOneIsInTroubleTheyAreUnavailableUntilTheFirstIsBack() {
        var failure =
                failure(
                        out("a", LONG, Outage.Cause.COOLING, 30),
                        out("b", LONG, Outage.Cause.CIRCUIT_OPEN, 8),
                        out("c", LONG, Outage.Cause.EJECTED, 25));

        assertThat(((Failure.NoCandidate) failure).retryAfter()).isEqualTo(Duration.ofSeconds(8));
        assertThat(failure.message())
                .contains("'b' failed too often and its circuit is open for 8 s", "ejected");
    }

    @Test
    void whatIsTooSmallDoesNotSayWhenToTryAgain() {
        var failure =
                failure(
                        out("small", 10, Outage.Cause.COOLING, 1),
                        out("large", LONG, Outage.Cause.COOLING, 9));

        assertThat(((Failure.Overloaded) failure).retryAfter()).isEqualTo(Duration.ofSeconds(9));
        assertThat(failure.message()).contains("'small' has a context of 10 tokens, too small");
    }

    @Test
    void t32_whereNoContextIsLongEnoughTheRequestIsWrong() {
        var failure = failure(candidate("small", 10, BackendLoad.IDLE));

        assertThat(((Failure.InvalidRequest) failure).code()).isEqualTo("context_length_exceeded");
        assertThat(failure.message()).contains("about " + request().estimatedPromptTokens());
    }

    @Test
    void whatNobodyKnowsIsAskedAgainSoon() {
        var ill = new Outage(Outage.Cause.ILL, Optional.empty());

        assertThat(((Failure.NoCandidate) failure(out("a", ill))).retryAfter())
                .isEqualTo(Duration.ofSeconds(5));
        assertThat(failure().message()).contains("none has been found");
    }

    @Test
    void namesSomeOfMany() {
        var many =
                IntStream.range(0, 20)
                        .mapToObj(i -> out("b" + i, LONG, Outage.Cause.COOLING, 5))
                        .toArray(Candidate[]::new);

        assertThat(failure(many).message()).contains("'b7'", "and 12 more").doesNotContain("'b8'");
    }

    private static Failure failure(Candidate... passedOver) {
        return Absence.failure(
                request(), new Route("fast", "rule", "reason", List.of(), List.of(passedOver)));
    }

    private static Candidate out(String name, int context, Outage.Cause cause, int seconds) {
        var outage = new Outage(cause, Optional.of(Duration.ofSeconds(seconds)));
        return candidate(name, context, load(outage));
    }

    private static Candidate out(String name, Outage outage) {
        return candidate(name, LONG, load(outage));
    }

    private static BackendLoad load(Outage outage) {
        return new BackendLoad(0, false, 1, 0, 0, 0, 0, 0, 0, Optional.of(outage));
    }

    private static Candidate candidate(String name, int context, BackendLoad load) {
        return new Candidate(
                "fast", new BackendDescriptor(name, "m", context, Optional.empty()), load);
    }

    private static ChatRequest request() {
        return ChatRequestReader.read(
                ("{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":\""
                                + "word ".repeat(100)
                                + "\"}]}")
                        .getBytes(UTF_8),
                new RequestId("r1"),
                Tenant.ANONYMOUS);
    }
}
