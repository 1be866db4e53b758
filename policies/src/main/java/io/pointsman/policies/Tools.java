package io.pointsman.policies;

import io.pointsman.api.RoutingContext;

record Tools(boolean wanted) implements Condition {

    @Override
    public boolean holds(RoutingContext context) {
        return context.request().tools() > 0 == wanted;
    }

    @Override
    public String reason(RoutingContext context) {
        return toString();
    }

    @Override
    public String toString() {
        return wanted ? "tools" : "no tools";
    }
}
