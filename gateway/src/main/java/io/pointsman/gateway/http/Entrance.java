package io.pointsman.gateway.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.pointsman.api.Failure;
import java.time.Duration;
import java.util.Optional;

/// Where requests are let through the gate, or told why not; counts both. Thread-safe.
public final class Entrance {

    private static final Duration SOON = Duration.ofSeconds(1);

    private final RequestGate gate;
    private final Counter overloaded;
    private final Counter shuttingDown;

    /// @param registry gets the number under way and the numbers refused
    public Entrance(RequestGate gate, MeterRegistry registry) {
        this.gate = gate;
        Gauge.builder("pointsman.requests.under.way", gate, RequestGate::underWay)
                .description("Requests under way")
                .register(registry);
        overloaded = refused(registry, "overloaded");
        shuttingDown = refused(registry, "shutting_down");
    }

    private static Counter refused(MeterRegistry registry, String reason) {
        return Counter.builder("pointsman.requests.refused")
                .description("Requests refused before they were read")
                .tag("reason", reason)
                .register(registry);
    }

    /// Lets a request in; empty where it is one too many or the gate is closed.
    Optional<RequestGate.Permit> enter() {
        return gate.enter();
    }

    /// What a request is told that was not let in.
    ErrorRenderer.Rendered refusal() {
        if (gate.closed()) {
            shuttingDown.increment();
            return ErrorRenderer.render(new Failure.ShuttingDown("this gateway is shutting down"));
        }
        overloaded.increment();
        return ErrorRenderer.tooManyRequests(SOON);
    }
}
