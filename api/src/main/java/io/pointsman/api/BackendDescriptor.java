package io.pointsman.api;

import java.util.Optional;

/// What is known of a backend before it is called.
///
/// @param name as the configuration calls it
/// @param model the model's name in calls to it
/// @param contextLength tokens that prompt and completion may have together
/// @param price what its tokens cost; empty where the configuration does not say
public record BackendDescriptor(
        String name, String model, int contextLength, Optional<Price> price) {

    public BackendDescriptor {
        if (contextLength < 1) {
            throw new IllegalArgumentException("a context has at least one token");
        }
    }
}
