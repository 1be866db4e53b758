package io.pointsman.policies;

import io.pointsman.api.RoutingContext;
import java.util.List;

record ModelIn(List<String> names) implements Condition {

    ModelIn {
        names = List.copyOf(names);
    }

    @Override
    public boolean holds(RoutingContext context) {
        return names.contains(context.request().model());
    }

    @Override
    public String reason(RoutingContext context) {
        return "model " + context.request().model();
    }

    @Override
    public boolean implies(Condition other) {
        return other instanceof ModelIn(List<String> all) && all.containsAll(names);
    }

    @Override
    public String toString() {
        return "model " + String.join(" or ", names);
    }
}
