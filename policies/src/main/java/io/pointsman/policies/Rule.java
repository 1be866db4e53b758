package io.pointsman.policies;

import io.pointsman.api.RoutingContext;
import java.util.List;
import java.util.stream.Collectors;

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
        return when.stream().allMatch(condition -> condition.holds(context));
    }

    /// Whether every request that `later` matches is one that this rule matches.
    public boolean covers(Rule later) {
        return when.stream()
                .allMatch(mine -> later.when.stream().anyMatch(its -> its.implies(mine)));
    }

    /// Why it matches `context`, in words.
    String reason(RoutingContext context) {
        var grounds =
                when.stream()
                        .map(condition -> condition.reason(context))
                        .collect(Collectors.joining(", "));
        return (when.isEmpty() ? "every request" : grounds) + " (rule " + name + ')';
    }
}
