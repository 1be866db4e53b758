package io.pointsman.policies;

import io.pointsman.api.RoutingContext;

record Images(boolean wanted) implements Condition {

    @Override
    public boolean holds(RoutingContext context) {
        return context.request().messages().stream().anyMatch(message -> message.images() > 0)
                == wanted;
    }

    @Override
    public String reason(RoutingContext context) {
        return toString();
    }

    @Override
    public String toString() {
        return wanted ? "images" : "no images";
    }
}
