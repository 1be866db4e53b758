package io.pointsman.api;

/// Chooses a route. A pure function: no I/O, no clock, no shared state, and the same context always
/// gives the same route.
@FunctionalInterface
public interface RoutingPolicy {

    /// The ranked candidates for `context`, and the reason.
    Route route(RoutingContext context);
}
