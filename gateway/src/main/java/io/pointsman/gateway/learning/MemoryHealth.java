package io.pointsman.gateway.learning;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.pointsman.classifier.memory.OutcomeLog;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says when what is learned does not reach its file, and when it does again. Confined to whoever
/// [looks][#look].
final class MemoryHealth {

    private static final Logger LOG = LoggerFactory.getLogger(MemoryHealth.class);

    private final Supplier<Optional<OutcomeLog.Status>> file;
    private boolean failing;

    /// @param file how the file is doing; empty where there is none
    MemoryHealth(Supplier<Optional<OutcomeLog.Status>> file, MeterRegistry registry) {
        this.file = file;
        Gauge.builder("pointsman.memory.unsaved", file, MemoryHealth::unsaved)
                .description("Outcomes that a restart would lose, since their file is not writable")
                .strongReference(true)
                .register(registry);
        file.get().filter(status -> status.cutOff() > 0).ifPresent(MemoryHealth::warnOfLoss);
    }

    private static double unsaved(Supplier<Optional<OutcomeLog.Status>> file) {
        return file.get().map(OutcomeLog.Status::unsaved).orElse(0L);
    }

    private static void warnOfLoss(OutcomeLog.Status status) {
        LOG.warn(
                "the outcome memory ended within a record that was never written whole: its last {}"
                        + " bytes are dropped",
                status.cutOff());
    }

    /// Logs a change for the worse or the better since the last look.
    void look() {
        file.get().ifPresent(this::look);
    }

    private void look(OutcomeLog.Status status) {
        var failure = status.failure();
        if (failure.isPresent() && !failing) {
            LOG.error(
                    "{}. What is learned would not outlive a restart; make room or mend the folder,"
                            + " and all of it is written within a minute",
                    failure.get());
        }
        // What was let go is not in the file before it is written anew.
        if (failing && failure.isEmpty() && status.unsaved() == 0) {
            LOG.warn("the outcome memory is written again, and holds all that was learned");
            failing = false;
        }
        failing |= failure.isPresent();
    }
}
