package io.pointsman.api;

import java.math.BigDecimal;
import java.math.MathContext;

/// What a backend's tokens cost, in US dollars per million tokens.
///
/// @param prompt per million prompt tokens that were not cached
/// @param cachedPrompt per million prompt tokens from the backend's cache
/// @param completion per million completion tokens, thinking included
public record Price(BigDecimal prompt, BigDecimal cachedPrompt, BigDecimal completion) {

    /// Costs nothing, knowingly: unlike a missing price.
    public static final Price FREE = new Price(BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);

    public Price {
        if (prompt.signum() < 0 || cachedPrompt.signum() < 0 || completion.signum() < 0) {
            throw new IllegalArgumentException("prices are not negative");
        }
    }

    /// The cost of `usage` in dollars, exact. Cached tokens are priced at the cached rate only;
    /// reasoning tokens are part of the completion and not counted again.
    public BigDecimal cost(Usage usage) {
        var cached = Math.min(usage.cachedTokens(), usage.promptTokens());
        return prompt.multiply(BigDecimal.valueOf(usage.promptTokens() - (long) cached))
                .add(cachedPrompt.multiply(BigDecimal.valueOf(cached)))
                .add(completion.multiply(BigDecimal.valueOf(usage.completionTokens())))
                .movePointLeft(6)
                .round(MathContext.DECIMAL64)
                .stripTrailingZeros();
    }
}
