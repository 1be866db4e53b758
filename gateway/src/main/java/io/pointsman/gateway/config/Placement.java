package io.pointsman.gateway.config;

/// Where the replicas of a backend are, what runs there and how their state is learned. Immutable.
public record Placement() {

    static final Placement DEFAULT = new Placement();
}
