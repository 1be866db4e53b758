package io.pointsman.backends.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ThinkSplitter;
import io.pointsman.backends.Backend;
import io.pointsman.backends.BackendContract;
import io.pointsman.backends.ChatRequests;
import io.pointsman.backends.embedded.ScriptedEngine;
import io.pointsman.serving.openai.CompletionDefaults;
import io.pointsman.serving.server.EngineMetrics;
import io.pointsman.serving.server.ModelServer;
import io.pointsman.serving.server.ServerOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The engine behind its own server, called over HTTP: what holds for the embedded one holds here.
class ServedEngineTest extends BackendContract {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<ScriptedEngine> engines = new ArrayList<>();
    private final List<ModelServer> servers = new ArrayList<>();
    private final List<OpenAiBackend> backends = new ArrayList<>();

    @AfterEach
    void close() {
        backends.forEach(OpenAiBackend::close);
        servers.forEach(ModelServer::close);
    }

    @Override
    protected Backend answering() {
        return backend(ScriptedEngine.thinking("hm", "4 ü"));
    }

    @Override
    protected Usage usage() {
        return new Usage(ScriptedEngine.PROMPT_TOKENS, 0, 9, 2, false);
    }

    @Override
    protected Backend endless() {
        return backend(_ -> 'a');
    }

    @Override
    protected Backend failing() {
        var backend = endless();
        engines.getLast().engine().close();
        return backend;
    }

    @Override
    protected void awaitReleased() {
        for (var scripted : engines) {
            var engine = scripted.engine();
            await(() -> engine.stats().running() + engine.stats().waiting() == 0);
        }
    }

    @Override
    protected long calls() {
        return engines.stream().mapToLong(ScriptedEngine::rendered).sum();
    }

    @Test
    void r9AHundredThatLeaveAreForgotten() {
        var backend = endless();
        for (int i = 0; i < 100; i++) {
            assertThat(backend.chat(ChatRequests.saying("hello")).blockFirst(PATIENCE)).isNotNull();
        }

        var engine = engines.getLast().engine();
        await(() -> engine.stats().aborted() == 100);
        assertThat(engine.stats().running()).isZero();
        assertThat(engine.stats().freeBlocks()).isEqualTo(engine.stats().totalBlocks());
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the engine is not done").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private Backend backend(IntUnaryOperator script) {
        var scripted = ScriptedEngine.start(script);
        engines.add(scripted);
        var server =
                ModelServer.start(
                        scripted.engine(),
                        ScriptedEngine.BYTES,
                        scripted.format(),
                        new EngineMetrics("mini"),
                        ServerOptions.of("mini", CompletionDefaults.GREEDY));
        servers.add(server);
        var backend =
                OpenAiBackend.create(
                        new OpenAiSettings(
                                new BackendDescriptor("near", "mini", 100_000, Optional.empty()),
                                URI.create("http://127.0.0.1:" + server.port() + "/v1"),
                                Optional.empty(),
                                PATIENCE,
                                PATIENCE,
                                Optional.empty(),
                                Optional.empty(),
                                ThinkSplitter.Mode.OFF,
                                new LinkedHashMap<>(),
                                OpenAiDialect.DEFAULT));
        backends.add(backend);
        return backend;
    }
}
