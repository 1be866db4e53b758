package io.pointsman.gateway.accounting;

import io.pointsman.api.Classification;
import io.pointsman.api.Price;
import io.pointsman.api.Usage;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.Set;

/// What a request would have cost, had the reasoner answered it. Immutable.
///
/// It is what the answering attempt used, at the reasoner's price. An answer of the reasoner's own
/// is taken as it was. For another one the prompt counts as fresh, since the reasoner's cache has
/// not seen it, and the thinking that the classifier expects of the reasoner is added; where it
/// expects nothing, none is, so that the cost is then a lower bound. A request that no backend
/// answered would have cost nothing.
///
/// @param price of the reasoner's first backend that has one; empty where none has
/// @param backends the names of the reasoner's backends
public record ReasonerPrice(Optional<Price> price, Set<String> backends) {

    /// Where nobody says which pool is the reasoner: no cost is known.
    public static final ReasonerPrice UNKNOWN = new ReasonerPrice(Optional.empty(), Set.of());

    public ReasonerPrice {
        backends = Set.copyOf(backends);
    }

    /// The cost in US dollars; empty where it is not known.
    public Optional<BigDecimal> cost(RequestRecord request) {
        return price.map(known ->
                request.answering()
                        .map(attempt -> known.cost(usage(request, attempt)))
                        .orElse(BigDecimal.ZERO));
    }

    private Usage usage(RequestRecord request, Attempt attempt) {
        var used = attempt.usage();
        if (backends.contains(attempt.backend()) || used.equals(Usage.NONE)) {
            return used;
        }
        var thinking = Math.max(expected(request), used.reasoningTokens());
        return new Usage(
                used.promptTokens(),
                0,
                used.completionTokens() - used.reasoningTokens() + thinking,
                thinking,
                true);
    }

    private static int expected(RequestRecord request) {
        return request.classification().orElse(null) instanceof Classification.Scored scored
                ? scored.thinkingTokens().orElse(0)
                : 0;
    }
}
