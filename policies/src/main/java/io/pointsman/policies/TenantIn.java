package io.pointsman.policies;

import io.pointsman.api.RoutingContext;
import java.util.List;

record TenantIn(List<String> names) implements Condition {

    TenantIn {
        names = List.copyOf(names);
    }

    @Override
    public boolean holds(RoutingContext context) {
        return names.contains(context.request().tenant().name());
    }

    @Override
    public String reason(RoutingContext context) {
        return "tenant " + context.request().tenant().name();
    }

    @Override
    public boolean implies(Condition other) {
        return other instanceof TenantIn(List<String> all) && all.containsAll(names);
    }

    @Override
    public String toString() {
        return "tenant " + String.join(" or ", names);
    }
}
