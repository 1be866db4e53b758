package io.pointsman.gateway.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.BackendLoad;
import io.pointsman.api.Candidate;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Price;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CostEstimateTest {

    private final CostEstimate estimate = new CostEstimate();

    @Test
    void expectsACompletionAsLongAsTheBoundOrTheLastOnes() {
        var free = Samples.request("r", "hi", "");
        var bounded = Samples.request("r", "hi", ",\"max_tokens\":100");

        assertThat(completion(free)).isEqualTo(8_192);
        assertThat(completion(bounded)).isEqualTo(100);
        estimate.saw("deep", 400);
        assertThat(completion(free)).isEqualTo(400);
        estimate.saw("deep", 1_000);
        assertThat(completion(free)).isEqualTo(1_000);
        estimate.saw("deep", 200);
        assertThat(completion(free)).isEqualTo(800);
        assertThat(completion(bounded)).isEqualTo(100);
    }

    @Test
    void takesTheDearestAndCountsThePrompt() {
        var request = Samples.request("r", "x".repeat(30_000), ",\"max_tokens\":0");

        var cost =
                estimate.of(
                        request,
                        "deep",
                        List.of(candidate("1", "0"), candidate("3", "0"), candidate("2", "0")));

        assertThat(cost).isBetween(new BigDecimal("0.03"), new BigDecimal("0.031"));
        assertThat(estimate.of(request, "deep", List.of())).isZero();
    }

    private int completion(ChatRequest request) {
        return estimate.of(request, "deep", List.of(candidate("0", "1")))
                .movePointRight(6)
                .intValueExact();
    }

    private static Candidate candidate(String prompt, String completion) {
        var price = new Price(new BigDecimal(prompt), BigDecimal.ZERO, new BigDecimal(completion));
        return new Candidate(
                "deep",
                new BackendDescriptor("d", "m", 100_000, Optional.of(price)),
                new BackendLoad(0, true));
    }
}
