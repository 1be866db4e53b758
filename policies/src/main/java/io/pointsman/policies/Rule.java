package io.pointsman.policies;

import io.pointsman.api.RoutingContext;
import java.util.List;

/// Sends the requests for which all its conditions hold to a pool.
///
/// @param name ASCII; it stands in headers and metrics
/// @param when all must hold; with none, the rule matches every request
/// @param pool where the request goes
/// @param fallback the pools to try after `pool`, in order
public record Rule(String name, List<Condition> when, String pool, List<String> fallback) {

    public Rule {
        when = List.copyOf(when);
        fallback = List.copyOf(fallback);
    }

    /// Whether all conditions hold for `context`.
    public boolean matches(RoutingContext context) {
        for (var condition : when) {
            if (!condition.holds(context)) {
                return false;
            }
        }
        return true;
    }

    /// Whether every request that `later` matches is one that this rule matches.
    public boolean covers(Rule later) {
        return when.stream()
                .allMatch(mine -> later.when.stream().anyMatch(its -> its.implies(mine)));
    }

    /// Why it matches `context`, in words.
    String reason(RoutingContext context) {
        if (when.isEmpty()) {
            return "every request (rule " + name + ')';
        }
        var grounds = new StringBuilder();
        for (var condition : when) {
            grounds.append(grounds.isEmpty() ? "" : ", ").append(condition.reason(context));
        }
        return grounds.append(" (rule ").append(name).append(')').toString();
    }
}
