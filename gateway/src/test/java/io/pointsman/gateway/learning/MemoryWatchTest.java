package io.pointsman.gateway.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pointsman.classifier.memory.OutcomeLog.Status;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoryWatchTest {

    private static final String FULL = "the outcome memory m.log cannot be written: disk full";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Optional<Status> status = Optional.of(new Status(5, 0, 0, Optional.empty()));
    private final MemoryWatch watch = new MemoryWatch(() -> 7, () -> status, registry);

    @Test
    void countsPromptsAndWhatIsNotSaved() {
        assertThat(gauge("pointsman.memory.prompts")).isEqualTo(7);
        assertThat(gauge("pointsman.memory.unsaved")).isZero();

        status = Optional.of(new Status(5, 3, 0, Optional.of(FULL)));

        assertThat(gauge("pointsman.memory.unsaved")).isEqualTo(3);
    }

    @Test
    void saysOnceThatTheFileFailsAndOnceThatItWorksAgain() {
        assertThat(watch.news()).isEmpty();

        status = Optional.of(new Status(5, 3, 0, Optional.of(FULL)));
        assertThat(watch.news()).hasValue(FULL);
        assertThat(watch.news()).isEmpty();

        status = Optional.of(new Status(8, 0, 0, Optional.empty()));
        assertThat(watch.news()).hasValue("The outcome memory is written again");
        assertThat(watch.news()).isEmpty();
    }

    @Test
    void saysWhatAKillHasCost() {
        assertThat(watch.lost()).isEmpty();

        status = Optional.of(new Status(5, 0, 41, Optional.empty()));

        assertThat(watch.lost()).hasValueSatisfying(it -> assertThat(it).contains("41 bytes"));
    }

    @Test
    void hasNothingToSayOfAMemoryWithoutAFile() {
        status = Optional.empty();

        assertThat(watch.lost()).isEmpty();
        assertThat(watch.news()).isEmpty();
        assertThat(gauge("pointsman.memory.unsaved")).isZero();
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }
}
