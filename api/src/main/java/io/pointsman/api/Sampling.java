package io.pointsman.api;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// How a completion is to be drawn; what the request leaves out is empty.
///
/// @param maxTokens upper bound on completion tokens, thinking included (`max_completion_tokens`,
///   else `max_tokens`)
/// @param temperature softmax temperature, 0 for greedy
/// @param topP nucleus mass in (0, 1]
/// @param seed makes sampling repeatable
/// @param stop texts that end the completion, not part of it
/// @param reasoningEffort `minimal`, `low`, `medium`, `high` or what else a backend understands
public record Sampling(
        OptionalInt maxTokens,
        OptionalDouble temperature,
        OptionalDouble topP,
        OptionalLong seed,
        List<String> stop,
        Optional<String> reasoningEffort) {

    /// Nothing asked for.
    public static final Sampling DEFAULT =
            new Sampling(
                    OptionalInt.empty(),
                    OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    OptionalLong.empty(),
                    List.of(),
                    Optional.empty());

    public Sampling {
        stop = List.copyOf(stop);
    }
}
