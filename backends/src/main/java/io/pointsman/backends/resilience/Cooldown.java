package io.pointsman.backends.resilience;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/// Keeps a quota that is spent from being asked again too soon. Thread-safe.
///
/// Backends that call one model of one server with one key share it, for they share the quota;
/// other keys for the same server have their own.
public final class Cooldown {

    /// No server is left alone for longer than this, whatever it asks for.
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final Duration usual;
    private final Clock clock;
    private final AtomicReference<Instant> until = new AtomicReference<>(Instant.MIN);

    /// @param usual how long it lasts where the server does not say
    public Cooldown(Duration usual, Clock clock) {
        this.usual = usual;
        this.clock = clock;
    }

    /// Begins, or goes on: as long as usual.
    void begin() {
        begin(usual);
    }

    /// Begins, or goes on: as long as the server asked for.
    void begin(Duration asked) {
        var end = clock.instant().plus(asked.compareTo(LONGEST) < 0 ? asked : LONGEST);
        until.accumulateAndGet(end, (a, b) -> a.isAfter(b) ? a : b);
    }

    /// How long it still lasts; not positive where it is over.
    Duration left() {
        var end = until.get();
        return end.equals(Instant.MIN) ? Duration.ZERO : Duration.between(clock.instant(), end);
    }

    /// Whether the quota may not be asked now.
    public boolean active() {
        return left().isPositive();
    }
}
