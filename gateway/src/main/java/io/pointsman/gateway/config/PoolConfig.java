package io.pointsman.gateway.config;

import java.util.List;

/// A pool as the configuration describes it. Immutable.
///
/// @param backends the names of its backends, in the file's order; never empty
/// @param attempts how its requests are tried
public record PoolConfig(List<String> backends, Attempts attempts) {

    public PoolConfig {
        backends = List.copyOf(backends);
    }

    /// A pool that says nothing but its backends.
    public PoolConfig(List<String> backends) {
        this(backends, Attempts.DEFAULT);
    }
}
