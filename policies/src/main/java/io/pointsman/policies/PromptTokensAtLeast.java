package io.pointsman.policies;

import io.pointsman.api.RoutingContext;

record PromptTokensAtLeast(int tokens) implements Condition {

    @Override
    public boolean holds(RoutingContext context) {
        return context.request().estimatedPromptTokens() >= tokens;
    }

    @Override
    public String reason(RoutingContext context) {
        return "about " + context.request().estimatedPromptTokens() + " prompt tokens >= " + tokens;
    }

    @Override
    public boolean implies(Condition other) {
        return other instanceof PromptTokensAtLeast(int least) && tokens >= least;
    }

    @Override
    public String toString() {
        return "prompt tokens >= " + tokens;
    }
}
