package io.pointsman.gateway.learning;

import io.pointsman.api.Classification.Chances;
import io.pointsman.api.Label;
import io.pointsman.api.Label.Origin;
import io.pointsman.policies.PoolPair;
import java.util.Locale;
import java.util.Optional;

/// One of the two models that the classifier chooses between.
public enum Side {
    FAST,
    REASONER;

    /// The side that `pool` is on; empty where it is none of the pair.
    static Optional<Side> of(PoolPair pair, String pool) {
        if (pool.equals(pair.fast())) {
            return Optional.of(FAST);
        }
        return pool.equals(pair.reasoner()) ? Optional.of(REASONER) : Optional.empty();
    }

    Side other() {
        return this == FAST ? REASONER : FAST;
    }

    /// The pool of this side.
    String pool(PoolPair pair) {
        return this == FAST ? pair.fast() : pair.reasoner();
    }

    /// The chance that this side's answer is good.
    double of(Chances chances) {
        return this == FAST ? chances.fast() : chances.reasoner();
    }

    /// A label of this side alone.
    Label label(double score, Origin origin, double trust) {
        return this == FAST
                ? Label.ofFast(score, origin, trust)
                : Label.ofReasoner(score, origin, trust);
    }

    /// The side in metrics and answers.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
