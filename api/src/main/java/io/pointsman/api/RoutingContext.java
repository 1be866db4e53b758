package io.pointsman.api;

import java.util.List;
import java.util.Optional;

/// All that a routing decision may depend on, as values, so that it can be replayed.
///
/// @param request what the client asks for
/// @param choice the pool that the client named, bypassing the classifier; empty for `auto`
/// @param classification how hard the request is
/// @param candidates every backend of every pool, in configuration order
public record RoutingContext(
        ChatRequest request,
        Optional<String> choice,
        Classification classification,
        List<Candidate> candidates) {

    public RoutingContext {
        candidates = List.copyOf(candidates);
    }
}
