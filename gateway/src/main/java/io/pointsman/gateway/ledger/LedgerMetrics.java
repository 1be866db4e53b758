package io.pointsman.gateway.ledger;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/// The metrics of a ledger: none of them has a label.
public final class LedgerMetrics {

    private LedgerMetrics() {}

    /// Registers those of `ledger`.
    public static void register(RecordLedger ledger, MeterRegistry registry) {
        counter(ledger, registry, "written", "Records written", it -> it.status().written());
        counter(
                ledger,
                registry,
                "dropped",
                "Records lost because there was no room for them",
                it -> it.status().dropped());
        counter(
                ledger,
                registry,
                "refused",
                "Requests turned away because their records could not be written",
                it -> it.status().refused());
        counter(
                ledger,
                registry,
                "unlogged",
                "Lines of the log pointsman.ledger dropped because it was too slow",
                it -> it.status().unlogged());
        counter(
                ledger,
                registry,
                "unshipped.lost",
                "Records deleted for want of room before the database had them",
                it -> it.spool().map(Spool::unshippedLost).orElse(0L));
        gauge(
                ledger,
                registry,
                "queue",
                "Records that wait to be written",
                it -> it.status().queued());
        gauge(
                ledger,
                registry,
                "spool.bytes",
                "Bytes of the ledger's folder",
                it -> it.spool().map(Spool::bytes).orElse(0L));
        gauge(
                ledger,
                registry,
                "failing",
                "1 while the ledger's folder cannot be written",
                it -> it.status().failure().isPresent() ? 1 : 0);
    }

    private static void counter(
            RecordLedger ledger,
            MeterRegistry registry,
            String name,
            String description,
            ToDoubleFunction<RecordLedger> value) {
        FunctionCounter.builder("pointsman.ledger." + name, ledger, value)
                .description(description)
                .register(registry);
    }

    private static void gauge(
            RecordLedger ledger,
            MeterRegistry registry,
            String name,
            String description,
            ToDoubleFunction<RecordLedger> value) {
        Gauge.builder("pointsman.ledger." + name, ledger, value)
                .description(description)
                .register(registry);
    }
}
