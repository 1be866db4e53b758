package io.pointsman.policies;

import io.pointsman.api.RoutingContext;

record DifficultyBelow(double threshold) implements Condition {

    DifficultyBelow {
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException("a difficulty is in [0, 1], not " + threshold);
        }
    }

    @Override
    public boolean holds(RoutingContext context) {
        var difficulty = Difficulty.of(context);
        return difficulty.isPresent() && difficulty.getAsDouble() < threshold;
    }

    @Override
    public String reason(RoutingContext context) {
        var difficulty = Difficulty.of(context).orElseThrow();
        return "difficulty "
                + Difficulty.words(difficulty, threshold)
                + " < "
                + Difficulty.words(threshold);
    }

    @Override
    public boolean implies(Condition other) {
        return other instanceof DifficultyBelow(double bound) && threshold <= bound;
    }

    @Override
    public String toString() {
        return "difficulty < " + Difficulty.words(threshold);
    }
}
