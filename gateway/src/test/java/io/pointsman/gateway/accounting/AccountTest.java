package io.pointsman.gateway.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.pointsman.api.BackendDescriptor;
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
        account.attempting(backend("small", Optional.of(price("1", "0.5", "10"))));
        pass(10);
        account.observe(CHUNKS.reasoning("hm"));
        pass(30);
        account.observe(CHUNKS.content("hi"));
        pass(5);
        account.observe(new ChatEvent.Finished(FinishReason.STOP, USAGE));
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
    void settlesOnce() {
        account.settle(Outcome.CANCELLED);
        account.settle(Outcome.COMPLETED);

        assertThat(ledger).hasSize(1);
        assertThat(ledger.getFirst().outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void whoHangsUpAfterTheEndHasHadTheAnswer() {
        account.read(request());
        account.attempting(backend("small", Optional.empty()));
        account.observe(new ChatEvent.Finished(FinishReason.STOP, USAGE));
        account.settle(Outcome.CANCELLED);

        assertThat(ledger.getFirst().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void chargesAnAbortedAnswerWhatItWasSeenToProduce() {
        account.read(request());
        account.attempting(backend("small", Optional.of(price("1", "1", "1"))));
        account.observe(CHUNKS.reasoning("hm"));
        account.observe(CHUNKS.content("h"));
        account.observe(CHUNKS.content("i"));
        account.settle(Outcome.CANCELLED);

        var usage = ledger.getFirst().usage();
        assertThat(usage.estimated()).isTrue();
        assertThat(usage.completionTokens()).isEqualTo(3);
        assertThat(usage.reasoningTokens()).isEqualTo(1);
        assertThat(usage.promptTokens()).isEqualTo(request().estimatedPromptTokens());
    }

    @Test
    void aFailureBeforeAnyTokenCostsNothing() {
        account.read(request());
        account.attempting(backend("small", Optional.of(price("1", "1", "1"))));
        account.attemptFailed(Outcome.UPSTREAM_REJECTED);
        account.attempting(backend("spare", Optional.of(price("1", "1", "1"))));
        account.observe(new ChatEvent.Finished(FinishReason.STOP, USAGE));
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
    void aMissingPriceIsAMissingCostAndNotZero() {
        account.read(request());
        account.attempting(backend("small", Optional.empty()));
        account.observe(new ChatEvent.Finished(FinishReason.STOP, USAGE));
        account.settle(Outcome.COMPLETED);

        assertThat(ledger.getFirst().cost()).isEmpty();
    }

    @Test
    void anExplicitZeroPriceIsHonoured() {
        account.read(request());
        account.attempting(backend("small", Optional.of(Price.FREE)));
        account.observe(new ChatEvent.Finished(FinishReason.STOP, USAGE));
        account.settle(Outcome.COMPLETED);

        assertThat(ledger.getFirst().cost()).hasValueSatisfying(cost -> assertThat(cost).isZero());
    }

    @Test
    void theLedgersLineHoldsNoTextOfThePrompt() {
        account.authenticated("team-a");
        account.read(request());
        account.settle(Outcome.INVALID);

        var line = LogLedger.line(ledger.getFirst());

        assertThat(line)
                .contains("\"id\":\"r1\"", "\"tenant\":\"team-a\"", "\"outcome\":\"invalid\"")
                .doesNotContain("a secret question")
                .doesNotContain("\n");
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
