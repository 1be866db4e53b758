package io.pointsman.gateway;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.pointsman.backends.resilience.GuardedBackend;
import java.util.Collection;
import java.util.List;

/// The names of what is shown of backends: calls under way, breakers and cooldowns. The label is
/// the configured name.
final class BackendMetrics {

    private static final List<String> STATES = List.of("closed", "open", "half_open");

    private BackendMetrics() {}

    static void bind(MeterRegistry registry, Collection<GuardedBackend> backends) {
        for (var backend : backends) {
            var name = backend.descriptor().name();
            Gauge.builder("pointsman.backend.in.flight", backend, it -> it.load().inFlight())
                    .description("Calls under way")
                    .tag("backend", name)
                    .register(registry);
            Gauge.builder("pointsman.backend.cooling", backend, it -> it.cooling() ? 1 : 0)
                    .description("1 while the quota that it is called with cools after a 429")
                    .tag("backend", name)
                    .register(registry);
            for (var state : STATES) {
                Gauge.builder(
                                "pointsman.backend.breaker",
                                backend,
                                it -> it.breakerState().equals(state) ? 1 : 0)
                        .description("1 for the state that the circuit breaker is in")
                        .tag("backend", name)
                        .tag("state", state)
                        .register(registry);
            }
        }
    }
}
