package io.pointsman.backends.balance;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.backends.Backend;
import io.pointsman.backends.resilience.BreakerSettings;
import io.pointsman.backends.resilience.GuardedBackend;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import reactor.core.publisher.Flux;

/// Scripted replicas for tests, whose breakers stay closed however often they fail.
final class Replicas {

    private static final BreakerSettings NEVER_OPEN =
            new BreakerSettings(1_000, 1_000, 100, Duration.ofSeconds(10), 1);

    private Replicas() {}

    static Scripted scripted(String name) {
        return new Scripted(name);
    }

    static Replica replica(Scripted scripted) {
        return replica(scripted, false);
    }

    static Replica replica(Scripted scripted, boolean caches) {
        return new Replica(
                new GuardedBackend(scripted, NEVER_OPEN, Clock.systemUTC()),
                caches,
                () -> scripted.closed = true);
    }

    static Flux<ChatEvent> broken() {
        return Flux.error(new FailureException(new Failure.Broken("broken")));
    }

    /// A backend that does what it is told.
    static final class Scripted implements Backend {
        private final String name;
        volatile Flux<ChatEvent> events = Flux.empty();
        volatile boolean closed;
        volatile int calls;

        private Scripted(String name) {
            this.name = name;
        }

        @Override
        public BackendDescriptor descriptor() {
            return new BackendDescriptor(name, "m", 100_000, Optional.empty());
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // One thread calls.
        public Flux<ChatEvent> chat(ChatRequest request) {
            calls++;
            return events;
        }
    }
}
