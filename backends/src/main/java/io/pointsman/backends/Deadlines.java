package io.pointsman.backends;

import java.time.Duration;
import java.util.Optional;

/// The deadlines that a route gives one attempt; empty where the backend's own default holds.
///
/// @param connect until the connection stands, TLS and proxy included
/// @param firstToken from the call until the first visible token
/// @param betweenTokens from one event to the next, once a token was seen
public record Deadlines(
        Optional<Duration> connect,
        Optional<Duration> firstToken,
        Optional<Duration> betweenTokens) {

    /// Leaves everything to the backend.
    public static final Deadlines DEFAULT =
            new Deadlines(Optional.empty(), Optional.empty(), Optional.empty());

    public Deadlines {
        requirePositive(connect);
        requirePositive(firstToken);
        requirePositive(betweenTokens);
    }

    private static void requirePositive(Optional<Duration> deadline) {
        if (deadline.isPresent() && !deadline.get().isPositive()) {
            throw new IllegalArgumentException("deadlines are positive");
        }
    }
}
