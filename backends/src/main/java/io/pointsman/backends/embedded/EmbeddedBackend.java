package io.pointsman.backends.embedded;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.Price;
import io.pointsman.api.RequestId;
import io.pointsman.api.wire.ChunkWriter;
import io.pointsman.backends.Backend;
import io.pointsman.serving.BundledModels;
import io.pointsman.serving.LanguageModel;
import io.pointsman.serving.engine.Engine;
import io.pointsman.serving.engine.EngineException;
import io.pointsman.serving.engine.EngineOptions;
import io.pointsman.serving.engine.EngineRejection;
import io.pointsman.serving.engine.GenerationRequest;
import io.pointsman.serving.engine.Token;
import io.pointsman.serving.model.SamplingParameters;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

/// A model on the engine in this process. Without a temperature it takes the likeliest token, since
/// the bundled models calculate rather than talk; tools and images are ignored, and it answers once
/// per request. Thread-safe.
public final class EmbeddedBackend implements Backend {

    /// Tokens that the engine may be ahead of the reader.
    private static final int PREFETCH = 8;

    private final BackendDescriptor descriptor;
    private final LanguageModel model;
    private final Engine engine;
    private final InstantSource clock;

    private EmbeddedBackend(
            BackendDescriptor descriptor, LanguageModel model, Engine engine, InstantSource clock) {
        this.descriptor = descriptor;
        this.model = model;
        this.engine = engine;
        this.clock = clock;
    }

    /// The bundled model that answers at once.
    public static EmbeddedBackend fast(String name, Optional<Price> price) {
        return start(name, BundledModels.fast(), price);
    }

    /// The bundled model that thinks first.
    public static EmbeddedBackend reasoner(String name, Optional<Price> price) {
        return start(name, BundledModels.reasoner(), price);
    }

    private static EmbeddedBackend start(String name, LanguageModel model, Optional<Price> price) {
        var engine = model.start(EngineOptions.DEFAULT);
        return new EmbeddedBackend(
                new BackendDescriptor(name, model.name(), engine.contextLength(), price),
                model,
                engine,
                InstantSource.system());
    }

    @Override
    public BackendDescriptor descriptor() {
        return descriptor;
    }

    @Override
    public Flux<ChatEvent> chat(ChatRequest request) {
        return Flux.defer(() -> {
            var generation = generation(request);
            var chunks =
                    new ChunkWriter(
                            "chatcmpl-" + request.id(),
                            clock.instant().getEpochSecond(),
                            descriptor.model());
            return JdkFlowAdapter.flowPublisherToFlux(engine.submit(generation))
                    .concatMapIterable(token -> events(token, chunks), PREFETCH)
                    .startWith(chunks.role())
                    .onErrorMap(EngineException.class, EmbeddedBackend::failure);
        });
    }

    private GenerationRequest generation(ChatRequest request) {
        var sampling = request.sampling();
        if (request.choices() > 1) {
            throw invalid("the bundled models answer once: leave n at 1", "invalid_value", "n");
        }
        if (sampling.maxTokens().orElse(1) < 1) {
            throw invalid(
                    "the bundled models need room for at least one token",
                    "invalid_value",
                    "max_tokens");
        }
        try {
            return new GenerationRequest(
                    model.chatFormat().render(request.messages()),
                    sampling.maxTokens().orElse(Integer.MAX_VALUE),
                    new SamplingParameters(
                            sampling.temperature().orElse(0),
                            0,
                            Math.max(Double.MIN_NORMAL, sampling.topP().orElse(1)),
                            sampling.seed().orElseGet(() -> seed(request.id()))),
                    sampling.stop().stream().filter(text -> !text.isEmpty()).toList());
        } catch (IllegalArgumentException unusable) {
            throw invalid(
                    "the bundled models cannot read this conversation: " + unusable.getMessage(),
                    "invalid_value",
                    "messages");
        }
    }

    /// Draws differ between requests, and repeat for one that is repeated under its id.
    private static long seed(RequestId id) {
        return id.value().hashCode() * 0x9E3779B97F4A7C15L;
    }

    private static List<ChatEvent> events(Token token, ChunkWriter chunks) {
        var events = new ArrayList<ChatEvent>(4);
        if (!token.text().isEmpty()) {
            events.add(
                    token.reasoning()
                            ? chunks.reasoning(token.text())
                            : chunks.content(token.text()));
        }
        token.end()
                .ifPresent(end -> {
                    events.add(chunks.finish(end.reason()));
                    events.add(chunks.usage(end.usage()));
                    events.add(new ChatEvent.Finished(end.reason(), end.usage()));
                });
        return events;
    }

    private static FailureException failure(EngineException thrown) {
        return new FailureException(
                switch (thrown.rejection()) {
                    case EngineRejection.PromptTooLong tooLong ->
                            new Failure.InvalidRequest(
                                    tooLong.message(),
                                    "context_length_exceeded",
                                    Optional.of("messages"));
                    case EngineRejection.QueueFull full ->
                            new Failure.Overloaded(full.message(), Duration.ofSeconds(1));
                    case EngineRejection.UnknownToken unknown ->
                            new Failure.Broken(unknown.message());
                    case EngineRejection.Closed closed -> new Failure.Broken(closed.message());
                });
    }

    private static FailureException invalid(String message, String code, String param) {
        return new FailureException(new Failure.InvalidRequest(message, code, Optional.of(param)));
    }

    /// Aborts what the engine is doing and frees its memory.
    @Override
    public void close() {
        engine.close();
    }
}
