package io.pointsman.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.config.SecretResolver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// A gateway that keeps what it learned in a file.
class GatewayMemoryTest {

    @TempDir private Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

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
    void saysThatTheFilesEndWasNeverWrittenWhole() throws Exception {
        var file = folder.resolve("outcomes.log");
        start(file);
        assertThat(log.list).isEmpty();
        Files.write(file, new byte[] {0, 0, 1}, StandardOpenOption.APPEND);

        start(file);

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .singleElement()
                .asString()
                .endsWith("its last 3 bytes are dropped");
    }

    private static void start(Path file) {
        var config =
                GatewayConfigLoader.parse(
                        "test.yaml",
                        """
                        backends:
                          small: {base-url: "http://localhost:1/v1", model: m}
                          deep: {base-url: "http://localhost:1/v1", model: m}
                        pools: {fast: [small], reasoner: [deep]}
                        classifier: {memory: {file: %s}}
                        policies:
                          default: fast
                          rules:
                            - {name: hard, when: {difficulty-at-least: 0.5}, route: reasoner}
                        """
                                .formatted(file));
        try (var gateway = Gateway.create(config, new SecretResolver(Map.of(), Files::readString));
                var _ =
                        gateway.startLearning(
                                new SimpleMeterRegistry(), _ -> {}, () -> Instant.EPOCH)) {
            assertThat(gateway.learns()).isTrue();
        }
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("io.pointsman.gateway.learning");
    }
}
