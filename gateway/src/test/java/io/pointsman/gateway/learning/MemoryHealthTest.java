package io.pointsman.gateway.learning;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pointsman.classifier.memory.OutcomeLog.Status;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class MemoryHealthTest {

    private static final Status WELL = new Status(3, 0, 0, Optional.empty());
    private static final Status FULL =
            new Status(3, 2, 0, Optional.of("the outcome memory m.log cannot be written: full"));

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Optional<Status> status = Optional.of(WELL);

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void listenNoLonger() {
        logger().detachAppender(log);
    }

    @Test
    void saysOnceThatTheFileFailsAndOnceThatItIsWrittenAgain() {
        var health = health();
        health.look();
        assertThat(lines()).isEmpty();

        status = Optional.of(FULL);
        health.look();
        health.look();
        assertThat(lines())
                .singleElement()
                .asString()
                .startsWith("the outcome memory m.log cannot be written: full. What is learned");

        status = Optional.of(new Status(4, 2, 0, Optional.empty()));
        health.look();
        assertThat(lines()).hasSize(1);

        status = Optional.of(WELL);
        health.look();
        health.look();
        assertThat(lines()).hasSize(2);
        assertThat(lines().getLast()).contains("is written again");
    }

    @Test
    void countsWhatIsNotSaved() {
        health();
        assertThat(unsaved()).isZero();

        status = Optional.of(FULL);
        assertThat(unsaved()).isEqualTo(2);

        status = Optional.empty();
        assertThat(unsaved()).isZero();
    }

    @Test
    void saysThatTheEndWasDropped() {
        status = Optional.of(new Status(3, 0, 17, Optional.empty()));
        health();

        assertThat(lines()).singleElement().asString().endsWith("its last 17 bytes are dropped");
    }

    private MemoryHealth health() {
        return new MemoryHealth(() -> status, registry);
    }

    private List<String> lines() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(MemoryHealth.class);
    }

    private double unsaved() {
        return registry.get("pointsman.memory.unsaved").gauge().value();
    }
}
