package io.pointsman.gateway.learning;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.pointsman.classifier.memory.OutcomeLog.Status;
import io.pointsman.classifier.memory.OutcomeMemory;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// Tells how the memory of outcomes is doing: in numbers, and in words when its file fails or works
/// again. Confined to one thread; the numbers may be read by any.
final class MemoryWatch {

    private final Supplier<Optional<Status>> status;
    private Optional<String> failure = Optional.empty();

    /// Watches a memory of so many `prompts`, whose file has this `status` where there is one.
    MemoryWatch(IntSupplier prompts, Supplier<Optional<Status>> status, MeterRegistry registry) {
        this.status = status;
        Gauge.builder("pointsman.memory.prompts", prompts, IntSupplier::getAsInt)
                .description("Prompts whose outcomes the classifier remembers")
                .strongReference(true)
                .register(registry);
        Gauge.builder("pointsman.memory.unsaved", status, MemoryWatch::unsaved)
                .description("Outcomes that a restart would lose, since the file cannot be written")
                .strongReference(true)
                .register(registry);
    }

    static MemoryWatch of(OutcomeMemory memory, MeterRegistry registry) {
        return new MemoryWatch(memory::size, memory::status, registry);
    }

    private static double unsaved(Supplier<Optional<Status>> status) {
        return status.get().map(Status::unsaved).orElse(0L);
    }

    /// What the file has lost before this start, if anything.
    Optional<String> lost() {
        return status.get()
                .map(Status::cutOff)
                .filter(bytes -> bytes > 0)
                .map(
                        "The outcome memory ended in %d bytes that were never written whole; they are dropped"
                                ::formatted);
    }

    /// What has changed about the file since the last call, if anything.
    Optional<String> news() {
        var now = status.get().flatMap(Status::failure);
        if (now.equals(failure)) {
            return Optional.empty();
        }
        failure = now;
        return Optional.of(now.orElse("The outcome memory is written again"));
    }
}
