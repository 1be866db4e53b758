package io.pointsman.gateway.config;

import java.util.List;

/// A pool as the configuration describes it. Immutable.
///
/// @param backends the names of its backends, in the file's order; never empty
public record PoolConfig(List<String> backends) {

    public PoolConfig {
        backends = List.copyOf(backends);
    }
}
