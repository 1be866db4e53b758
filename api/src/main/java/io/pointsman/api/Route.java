package io.pointsman.api;

import java.util.List;

/// Where a request goes, and why.
///
/// @param pool the pool that was chosen
/// @param rule the name of the rule that chose it
/// @param reason the choice in words, for people; never text of the prompt
/// @param ranked the candidates, best first; the rest is the fallback order. Empty where no backend
///   of the pool can serve the request
/// @param passedOver who would have been asked, where `ranked` is empty, and why they are not; else
///   empty
public record Route(
        String pool,
        String rule,
        String reason,
        List<Candidate> ranked,
        List<Candidate> passedOver) {

    public Route {
        ranked = List.copyOf(ranked);
        passedOver = List.copyOf(passedOver);
    }

    /// A route to whoever can serve the request.
    public Route(String pool, String rule, String reason, List<Candidate> ranked) {
        this(pool, rule, reason, ranked, List.of());
    }
}
