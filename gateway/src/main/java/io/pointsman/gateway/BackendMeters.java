package io.pointsman.gateway;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.pointsman.backends.balance.BackendCounters.Counts;
import io.pointsman.backends.balance.BackendRegistry;
import io.pointsman.backends.balance.Replica;
import io.pointsman.backends.balance.Upkeep;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Meters of the backends' state. Labels come from the configuration; only two gauges carry the
/// address of a replica, and those go with it. Thread-safe.
final class BackendMeters {

    private static final String BACKEND = "backend";

    private final MeterRegistry meters;
    private final BackendRegistry registry;
    private final Upkeep upkeep;
    private final MultiGauge queueDepth;
    private final MultiGauge kvUtilisation;

    BackendMeters(MeterRegistry meters, BackendRegistry registry, Upkeep upkeep) {
        this.meters = meters;
        this.registry = registry;
        this.upkeep = upkeep;
        queueDepth =
                MultiGauge.builder("pointsman.replica.queue.depth")
                        .description("Requests that wait in the engine, as it says itself")
                        .register(meters);
        kvUtilisation =
                MultiGauge.builder("pointsman.replica.kv.utilisation")
                        .description("Part of the engine's KV cache in use, as it says itself")
                        .register(meters);
    }

    /// Registers all, and keeps those of replicas up to date.
    void start() {
        for (var backend : upkeep.backends()) {
            register(backend);
        }
        upkeep.listen(this::update);
    }

    private void register(String backend) {
        gauge(
                "pointsman.backend.in.flight",
                "Requests that it is answering",
                backend,
                replica -> replica.backend().tracker().inFlight());
        gauge("pointsman.backend.replicas", "Replicas that are known", backend, _ -> 1);
        gauge(
                "pointsman.backend.replicas.available",
                "Replicas that get calls, but for ejections",
                backend,
                replica -> replica.available() ? 1 : 0);
        var counts = upkeep.counters().of(backend);
        counter(
                "pointsman.backend.ejections",
                "Times that a replica was ejected from a pool",
                backend,
                counts,
                Counts::ejections);
        counter(
                "pointsman.backend.probe.failures",
                "Probes that found a replica unwell or not at all",
                backend,
                counts,
                Counts::probeFailures);
        counter(
                "pointsman.backend.scrape.failures",
                "Times that an engine's metrics could not be read",
                backend,
                counts,
                Counts::scrapeFailures);
        counter(
                "pointsman.backend.discovery.failures",
                "Times that it could not be told where the replicas are",
                backend,
                counts,
                Counts::discoveryFailures);
    }

    private void gauge(
            String name, String description, String backend, ToDoubleFunction<Replica> value) {
        Gauge.builder(name, registry, all -> replicas(all, backend).mapToDouble(value).sum())
                .description(description)
                .tag(BACKEND, backend)
                .register(meters);
    }

    private void counter(
            String name,
            String description,
            String backend,
            Counts counts,
            ToLongFunction<Counts> value) {
        FunctionCounter.builder(name, counts, value::applyAsLong)
                .description(description)
                .tag(BACKEND, backend)
                .register(meters);
    }

    private static Stream<Replica> replicas(BackendRegistry registry, String backend) {
        return registry.replicas().stream().filter(it -> it.configured().equals(backend));
    }

    private void update() {
        long now = System.nanoTime();
        var telling =
                registry.replicas().stream()
                        .filter(replica -> replica.saysAnything(now))
                        .collect(Collectors.toUnmodifiableSet());
        register(queueDepth, telling, replica -> replica.engine(now).queueDepth());
        register(kvUtilisation, telling, replica -> replica.engine(now).kvUtilisation());
    }

    private static void register(
            MultiGauge gauge, Set<Replica> replicas, ToDoubleFunction<Replica> value) {
        List<Row<?>> rows = replicas.stream().<Row<?>>map(replica -> row(replica, value)).toList();
        gauge.register(rows, true);
    }

    private static Row<Number> row(Replica replica, ToDoubleFunction<Replica> value) {
        return Row.of(
                Tags.of(BACKEND, replica.configured(), "replica", replica.name()),
                value.applyAsDouble(replica));
    }
}
