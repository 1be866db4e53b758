package io.pointsman.api;

import java.util.Optional;

/// What is known of a backend before it is called.
///
/// @param name as the configuration calls it; of a backend with several replicas, that and the
///   replica's address, as in `r1@10.0.0.3:8000`
/// @param model the model's name in calls to it
/// @param contextLength tokens that prompt and completion may have together
/// @param price what its tokens cost; empty where the configuration does not say
public record BackendDescriptor(
        String name, String model, int contextLength, Optional<Price> price) {

    /// What stands between a backend's name and a replica's address; no configured name holds it.
    public static final char REPLICA = '@';

    public BackendDescriptor {
        if (contextLength < 1) {
            throw new IllegalArgumentException("a context has at least one token");
        }
    }

    /// What the configuration calls the backend that `name` is, or is a replica of. There are as
    /// many of these as the configuration has backends, which makes them fit for metrics.
    public static String configured(String name) {
        int end = name.indexOf(REPLICA);
        return end < 0 ? name : name.substring(0, end);
    }
}
