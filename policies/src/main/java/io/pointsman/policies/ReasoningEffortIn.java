package io.pointsman.policies;

import io.pointsman.api.RoutingContext;
import java.util.List;

record ReasoningEffortIn(List<String> efforts) implements Condition {

    ReasoningEffortIn {
        efforts = List.copyOf(efforts);
    }

    @Override
    public boolean holds(RoutingContext context) {
        return context.request().sampling().reasoningEffort().filter(efforts::contains).isPresent();
    }

    @Override
    public String reason(RoutingContext context) {
        return "reasoning effort " + context.request().sampling().reasoningEffort().orElseThrow();
    }

    @Override
    public boolean implies(Condition other) {
        return other instanceof ReasoningEffortIn(List<String> all) && all.containsAll(efforts);
    }

    @Override
    public String toString() {
        return "reasoning effort " + String.join(" or ", efforts);
    }
}
