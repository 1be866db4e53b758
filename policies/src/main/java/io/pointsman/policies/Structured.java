package io.pointsman.policies;

import io.pointsman.api.RoutingContext;

record Structured(boolean wanted) implements Condition {

    @Override
    public boolean holds(RoutingContext context) {
        return context.request().structured() == wanted;
    }

    @Override
    public String reason(RoutingContext context) {
        return toString();
    }

    @Override
    public String toString() {
        return wanted ? "structured answer" : "no structured answer";
    }
}
