package io.pointsman.backends.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.backends.StatusPages;
import io.pointsman.backends.embedded.ScriptedEngine;
import io.pointsman.backends.openai.HttpStatusPages;
import io.pointsman.backends.openai.OpenAiSettings;
import io.pointsman.serving.engine.EngineOptions;
import io.pointsman.serving.openai.CompletionDefaults;
import io.pointsman.serving.server.EngineMetrics;
import io.pointsman.serving.server.ModelServer;
import io.pointsman.serving.server.ServerOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The status pages of the engine's own server, as a gateway looks at them.
class ServedEngineStatusTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ScriptedEngine scripted = ScriptedEngine.start(_ -> 'a');
    private final EngineMetrics metrics = new EngineMetrics("mini");
    private final ModelServer server =
            ModelServer.start(
                    scripted.engine(),
                    ScriptedEngine.BYTES,
                    scripted.format(),
                    metrics,
                    ServerOptions.of("mini", CompletionDefaults.GREEDY));
    private final HttpStatusPages pages =
            HttpStatusPages.create(
                    OpenAiSettings.of(
                            new BackendDescriptor("near", "mini", 100, Optional.empty()),
                            URI.create("http://127.0.0.1:" + server.port() + "/v1")),
                    Optional.empty());

    @AfterEach
    void close() {
        pages.close();
        server.close();
    }

    @Test
    void t57_tellHowItIsWithoutAToken() {
        var engine = scripted.engine();
        metrics.observe(engine::stats, EngineOptions.DEFAULT, engine.stats().totalBlocks());

        assertThat(get(Engine.POINTSMAN.probePath()).status()).isEqualTo(200);
        assertThat(get(Engine.SGLANG.probePath()).status()).isEqualTo(200);
        assertThat(EngineGauges.read(get("/metrics").body(), Engine.POINTSMAN.names()))
                .contains(new EngineLoad(0, 0));
        assertThat(scripted.rendered()).isZero();
    }

    private StatusPages.Page get(String path) {
        return pages.get(path, PATIENCE, 1 << 20).blockOptional().orElseThrow();
    }
}
