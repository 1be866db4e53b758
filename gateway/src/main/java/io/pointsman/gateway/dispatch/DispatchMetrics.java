package io.pointsman.gateway.dispatch;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// The names of what is counted when requests are tried more than once. Labels come from the
/// configuration alone.
final class DispatchMetrics {

    private DispatchMetrics() {}

    /// @param lanes by pool
    /// @param retries by backend
    static void bind(
            MeterRegistry registry, Map<String, Lane> lanes, Map<String, Retries> retries) {
        retries.forEach((backend, counted) -> {
            var retried = "Calls made again to the backend that had just failed";
            counter(registry, "pointsman.retries", retried, "backend", backend, "made")
                    .of(counted, Retries::made);
            counter(registry, "pointsman.retries", retried, "backend", backend, "over_budget")
                    .of(counted, Retries::refused);
        });
        lanes.forEach((pool, counted) -> {
            var hedged = "Second calls made while the first had shown no token";
            counter(registry, "pointsman.hedges", hedged, "route", pool, "made")
                    .of(counted, Lane::hedges);
            counter(registry, "pointsman.hedges", hedged, "route", pool, "won")
                    .of(counted, Lane::hedgesWon);
            counter(registry, "pointsman.hedges", hedged, "route", pool, "over_budget")
                    .of(counted, Lane::hedgesRefused);
        });
    }

    private static Named counter(
            MeterRegistry registry,
            String name,
            String description,
            String label,
            String of,
            String result) {
        return new Named(registry, name, description, label, of, result);
    }

    private record Named(
            MeterRegistry registry,
            String name,
            String description,
            String label,
            String value,
            String result) {

        <T> void of(T counted, ToDoubleFunction<T> count) {
            FunctionCounter.builder(name, counted, count)
                    .description(description)
                    .tag(label, value)
                    .tag("result", result)
                    .register(registry);
        }
    }
}
