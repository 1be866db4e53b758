package io.pointsman.gateway.learning;

import io.pointsman.api.Candidate;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Price;
import io.pointsman.api.Usage;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Estimates from above what a call will cost: a token of prompt for each three bytes of the body,
/// and a completion as long as those of its pool have lately been. Confined to the thread of the
/// comparisons.
final class CostEstimate {

    private static final int BYTES_PER_TOKEN = 3;

    /// Before anything was seen.
    private static final int FIRST_GUESS = 8_192;

    private final Map<String, Integer> completions = new HashMap<>();

    /// The cost of `request` at the dearest of `candidates`, which are of `pool`; nothing where
    /// there are none.
    BigDecimal of(ChatRequest request, String pool, List<Candidate> candidates) {
        var prompt = request.body().bytes().length / BYTES_PER_TOKEN;
        var completion =
                Math.min(
                        request.sampling().maxTokens().orElse(Integer.MAX_VALUE),
                        completions.getOrDefault(pool, FIRST_GUESS));
        return candidates.stream()
                .map(Candidate::backend)
                .map(backend ->
                        backend.price()
                                .orElse(Price.FREE)
                                .cost(
                                        new Usage(
                                                prompt,
                                                0,
                                                Math.min(completion, backend.contextLength()),
                                                0,
                                                true)))
                .max(Comparator.naturalOrder())
                .orElse(BigDecimal.ZERO);
    }

    /// Notes how long a completion of `pool` was: a longer one is expected at once, shorter ones
    /// only little by little.
    void saw(String pool, int completionTokens) {
        completions.merge(
                pool,
                completionTokens,
                (expected, seen) -> Math.max(seen, (3 * expected + seen) / 4));
    }
}
