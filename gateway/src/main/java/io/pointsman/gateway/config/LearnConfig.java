package io.pointsman.gateway.config;

import io.pointsman.policies.PoolPair;
import java.math.BigDecimal;
import java.util.Optional;

/// What the gateway learns from.
///
/// @param pair the pools that the classifier chooses between
/// @param feedback whether clients may say how good an answer was
/// @param evidence whether what the gateway sees by itself counts
/// @param comparison how answers of both are compared; empty where they are not
public record LearnConfig(
        PoolPair pair, boolean feedback, boolean evidence, Optional<Comparison> comparison) {

    /// Where nobody says otherwise: what costs nothing.
    static LearnConfig of(PoolPair pair) {
        return new LearnConfig(pair, Defaults.FEEDBACK, Defaults.EVIDENCE, Optional.empty());
    }

    /// A share of the traffic answered by both pools, in the background.
    ///
    /// @param share the largest share of requests for `auto`, above 0 and at most 1
    /// @param maxCostPerDay what this may cost from one midnight of UTC to the next, in US dollars
    /// @param judge the pool that judges what cannot be checked; empty where nobody does
    public record Comparison(double share, BigDecimal maxCostPerDay, Optional<String> judge) {}
}
