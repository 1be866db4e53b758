package io.pointsman.gateway.accounting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.BackendLoad;
import io.pointsman.api.Candidate;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Message;
import io.pointsman.api.Price;
import io.pointsman.api.RequestId;
import io.pointsman.api.Role;
import io.pointsman.api.Sampling;
import io.pointsman.api.Tenant;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ChunkWriter;
import io.pointsman.api.wire.RequestBody;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AccountTest {

    private static final ChunkWriter CHUNKS = new ChunkWriter("c", 1, "m");
    private static final Usage USAGE = new Usage(100, 40, 20, 5, false);

    private final List<RequestRecord> ledger = new ArrayList<>();
    private final AtomicLong now = new AtomicLong();
    private final Account account =
            new Account(new RequestId("r1"), ledger::add, now::get, Instant.EPOCH);

    @Test
    void recordsACompletedRequest() {
        account.read(request());
        pass(2);
        var attempt = attempt(backend("small", Optional.of(price("1", "0.5", "10"))));
        pass(10);
        take(attempt, CHUNKS.reasoning("hm"));
        pass(30);
        take(attempt, CHUNKS.content("hi"));
        pass(5);
        take(attempt, new ChatEvent.Finished(FinishReason.STOP, USAGE));
        account.settle(Outcome.COMPLETED);

        var entry = ledger.getFirst();
        assertThat(entry.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(entry.usage()).isEqualTo(USAGE);
        // 60 fresh and 40 cached prompt tokens, and 20 of completion.
        assertThat(entry.cost()).hasValue(new BigDecimal("0.00028"));
        assertThat(entry.overhead()).hasValue(Duration.ofMillis(2));
        assertThat(entry.timeToFirstToken()).hasValue(Duration.ofMillis(12));
        assertThat(entry.timeToAnswer()).hasValue(Duration.ofMillis(42));
        assertThat(entry.duration()).isEqualTo(Duration.ofMillis(47));
    }

    @Test
    void whatGoesOnAtOnceIsObservedAndShown() {
        account.read(request());
        var held = attempt(backend("small", Optional.empty()));
        var open = attempt(backend("deep", Optional.empty()));
        pass(10);
        held.observe(CHUNKS.reasoning("hm"));
        open.pass(CHUNKS.reasoning("hm"));
        pass(30);
        open.pass(CHUNKS.content("hi"));
        account.settle(Outcome.CANCELLED);

        var entry = ledger.getFirst();
        assertThat(entry.backend()).hasValue("deep");
        assertThat(entry.attempts().getLast().usage().completionTokens()).isEqualTo(2);
        assertThat(entry.attempts().getLast().usage().reasoningTokens()).isEqualTo(1);
        assertThat(entry.timeToFirstToken()).hasValue(Duration.ofMillis(10));
        assertThat(entry.timeToAnswer()).hasValue(Duration.ofMillis(40));
        assertThat(entry.responseBytes())
                .isEqualTo(
                        CHUNKS.reasoning("hm").json().length + CHUNKS.content("hi").json().length);
    }

    @Test
    void t12_settlesOnce() {
        account.settle(Outcome.CANCELLED);
        account.settle(Outcome.COMPLETED);

        assertThat(ledger).hasSize(1);
        assertThat(ledger.getFirst().outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void t12_whoHangsUpAfterTheEndHasHadTheAnswer() {
        account.read(request());
        var attempt = attempt(backend("small", Optional.empty()));
        take(attempt, new ChatEvent.Finished(FinishReason.STOP, USAGE));
        account.settle(Outcome.CANCELLED);

        assertThat(ledger.getFirst().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void t09_chargesAnAbortedAnswerWhatItWasSeenToProduce() {
        account.read(request());
        var attempt = attempt(backend("small", Optional.of(price("1", "1", "1"))));
        take(attempt, CHUNKS.reasoning("hm"));
        take(attempt, CHUNKS.content("h"));
        take(attempt, CHUNKS.content("i"));
        account.settle(Outcome.CANCELLED);

        var usage = ledger.getFirst().usage();
        assertThat(usage.estimated()).isTrue();
        assertThat(usage.completionTokens()).isEqualTo(3);
        assertThat(usage.reasoningTokens()).isEqualTo(1);
        assertThat(usage.promptTokens()).isEqualTo(request().estimatedPromptTokens());
    }

    @Test
    void t14_aFailureBeforeAnyTokenIsAnAttemptThatCostsNothing() {
        account.read(request());
        var attempt = attempt(backend("small", Optional.of(price("1", "1", "1"))));
        attempt.close(Outcome.UPSTREAM_REJECTED);
        var second = attempt(backend("spare", Optional.of(price("1", "1", "1"))));
        take(second, new ChatEvent.Finished(FinishReason.STOP, USAGE));
        account.settle(Outcome.COMPLETED);

        var entry = ledger.getFirst();
        assertThat(entry.attempts())
                .extracting(Attempt::backend, Attempt::outcome)
                .containsExactly(
                        tuple("small", Outcome.UPSTREAM_REJECTED),
                        tuple("spare", Outcome.COMPLETED));
        assertThat(entry.usage()).isEqualTo(USAGE);
    }

    @Test
    void t14_everyOpenAttemptIsChargedAndTheOneShownAnswers() {
        account.read(request());
        var slow = attempt(backend("slow", Optional.of(price("1", "1", "1"))));
        var hedge = attempt(backend("hedge", Optional.of(price("1", "1", "1"))));
        slow.observe(CHUNKS.reasoning("hm"));
        take(slow, CHUNKS.content("hi"));
        hedge.sent();
        hedge.close(Outcome.CANCELLED);
        take(slow, new ChatEvent.Finished(FinishReason.STOP, USAGE));

        assertThat(account.backend()).hasValue("slow");
        assertThat(account.attemptCount()).isEqualTo(2);
        account.settle(Outcome.COMPLETED);
        assertThat(ledger.getFirst().attempts())
                .extracting(
                        Attempt::backend,
                        Attempt::outcome,
                        attempt -> attempt.usage().promptTokens())
                .containsExactly(
                        tuple("hedge", Outcome.CANCELLED, request().estimatedPromptTokens()),
                        tuple("slow", Outcome.COMPLETED, USAGE.promptTokens()));
    }

    @Test
    void t09_anAbortedCallIsChargedItsPromptOnlyIfThatWasSent() {
        account.read(request());
        var connecting = attempt(backend("connecting", Optional.of(price("1", "1", "1"))));
        connecting.close(Outcome.CANCELLED);
        var late = attempt(backend("late", Optional.of(price("1", "1", "1"))));
        late.sent();
        late.close(Outcome.FIRST_TOKEN_TIMEOUT);
        var refusing = attempt(backend("refusing", Optional.of(price("1", "1", "1"))));
        refusing.sent();
        refusing.close(Outcome.UPSTREAM_REJECTED);
        var waiting = attempt(backend("waiting", Optional.of(price("1", "1", "1"))));
        waiting.sent();
        account.settle(Outcome.CANCELLED);

        var prompt = new Usage(request().estimatedPromptTokens(), 0, 0, 0, true);
        assertThat(ledger.getFirst().attempts())
                .extracting(Attempt::backend, Attempt::usage)
                .containsExactly(
                        tuple("connecting", Usage.NONE),
                        tuple("late", prompt),
                        tuple("refusing", Usage.NONE),
                        tuple("waiting", prompt));
    }

    @Test
    void t15_cachedTokensAreTakenFromThePromptOnceAndPricedAsCached() {
        account.read(request());
        var attempt = attempt(backend("small", Optional.of(price("1000000", "1000", "1"))));
        take(attempt, new ChatEvent.Finished(FinishReason.STOP, new Usage(3, 2, 0, 0, false)));
        account.settle(Outcome.COMPLETED);

        assertThat(ledger.getFirst().usage().promptTokens()).isEqualTo(3);
        // One fresh token for a dollar and two cached ones for a thousandth of one.
        assertThat(ledger.getFirst().cost()).hasValue(new BigDecimal("1.002"));
    }

    @Test
    void whatAClosedAttemptStillSendsIsNotCounted() {
        account.read(request());
        var attempt = attempt(backend("small", Optional.of(price("1", "1", "1"))));
        attempt.close(Outcome.CANCELLED);
        attempt.observe(CHUNKS.content("late"));
        attempt.close(Outcome.COMPLETED);
        account.settle(Outcome.CANCELLED);

        assertThat(ledger.getFirst().attempts()).hasSize(1);
        assertThat(ledger.getFirst().usage().completionTokens()).isZero();
    }

    @Test
    void nobodyIsCalledForASettledRequest() {
        account.settle(Outcome.CANCELLED);

        assertThat(
                        account.attempt(
                                new Candidate(
                                        "fast",
                                        backend("small", Optional.empty()),
                                        BackendLoad.IDLE)))
                .isEmpty();
    }

    @Test
    void t13_aMissingPriceIsAMissingCostAndNotZero() {
        account.read(request());
        var attempt = attempt(backend("small", Optional.empty()));
        take(attempt, new ChatEvent.Finished(FinishReason.STOP, USAGE));
        account.settle(Outcome.COMPLETED);

        assertThat(ledger.getFirst().cost()).isEmpty();
    }

    @Test
    void t13_aMissingPriceIsCountedAndAnExplicitZeroIsNot() {
        var registry = new SimpleMeterRegistry();
        var metrics = new Metrics(registry);
        for (var backend :
                List.of(
                        backend("dear", Optional.empty()),
                        backend("free", Optional.of(Price.FREE)))) {
            var one = new Account(new RequestId("r1"), metrics, now::get, Instant.EPOCH);
            one.read(request());
            var _ = one.attempt(new Candidate("fast", backend, BackendLoad.IDLE)).orElseThrow();
            one.settle(Outcome.COMPLETED);
        }

        assertThat(registry.get("pointsman.missing.price").tag("backend", "dear").counter().count())
                .isEqualTo(1);
        assertThat(registry.get("pointsman.missing.price").tag("backend", "free").counter().count())
                .isZero();
    }

    @Test
    void t13_anExplicitZeroPriceIsHonoured() {
        account.read(request());
        var attempt = attempt(backend("small", Optional.of(Price.FREE)));
        take(attempt, new ChatEvent.Finished(FinishReason.STOP, USAGE));
        account.settle(Outcome.COMPLETED);

        assertThat(ledger.getFirst().cost()).hasValueSatisfying(cost -> assertThat(cost).isZero());
    }

    @Test
    void theLedgersLineHoldsNoTextOfThePrompt() {
        account.authenticated("team-a");
        account.read(request());
        account.settle(Outcome.INVALID);

        var line = new String(RecordLines.of(ledger.getFirst()), UTF_8);

        assertThat(line)
                .contains("\"id\":\"r1\"", "\"tenant\":\"team-a\"", "\"outcome\":\"invalid\"")
                .doesNotContain("a secret question")
                .doesNotContain("\n");
    }

    private Account.OpenAttempt attempt(BackendDescriptor backend) {
        return account.attempt(new Candidate("fast", backend, BackendLoad.IDLE)).orElseThrow();
    }

    private static void take(Account.OpenAttempt attempt, ChatEvent event) {
        attempt.observe(event);
        attempt.show(event);
    }

    private void pass(long millis) {
        now.addAndGet(Duration.ofMillis(millis).toNanos());
    }

    private static Price price(String prompt, String cached, String completion) {
        return new Price(
                new BigDecimal(prompt), new BigDecimal(cached), new BigDecimal(completion));
    }

    private static BackendDescriptor backend(String name, Optional<Price> price) {
        return new BackendDescriptor(name, "m", 1024, price);
    }

    private static ChatRequest request() {
        return new ChatRequest(
                new RequestId("r1"),
                Tenant.ANONYMOUS,
                "auto",
                List.of(Message.of(Role.USER, "a secret question")),
                true,
                false,
                1,
                0,
                false,
                Sampling.DEFAULT,
                RequestBody.of(new byte[0]));
    }
}
