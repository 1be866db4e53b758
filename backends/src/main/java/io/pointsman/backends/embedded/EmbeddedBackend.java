package io.pointsman.backends.embedded;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.wire.ChunkWriter;
import io.pointsman.backends.Backend;
import io.pointsman.backends.Deadlines;
import io.pointsman.backends.Watchdog;
import io.pointsman.serving.chat.ChatFormat;
import io.pointsman.serving.engine.Engine;
import io.pointsman.serving.engine.EngineException;
import io.pointsman.serving.engine.EngineRejection;
import io.pointsman.serving.openai.ChatAnswer;
import io.pointsman.serving.openai.CompletionDefaults;
import io.pointsman.serving.openai.CompletionReader;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

/// A model that an engine in this process runs. Thread-safe.
///
/// It takes what the engine's own server takes. A request's default is greedy, so that the same
/// question has the same answer, and draws repeat for a request that is repeated under its id.
public final class EmbeddedBackend implements Backend, AutoCloseable {

    /// How many tokens the engine may be ahead of the reader.
    private static final int AHEAD = 16;

    /// How long the engine may show nothing where the route does not say; its queue has a deadline
    /// of its own.
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final BackendDescriptor descriptor;
    private final Engine engine;
    private final Tokenizer tokenizer;
    private final CompletionReader reader;
    private final InstantSource clock;

    /// A backend that closes `engine` when it is closed.
    ///
    /// @param format renders conversations for the engine's model
    public EmbeddedBackend(
            BackendDescriptor descriptor,
            Engine engine,
            Tokenizer tokenizer,
            ChatFormat format,
            InstantSource clock) {
        this.descriptor = descriptor;
        this.engine = engine;
        this.tokenizer = tokenizer;
        this.clock = clock;
        reader =
                new CompletionReader(
                        tokenizer, format, descriptor.contextLength(), CompletionDefaults.GREEDY);
    }

    @Override
    public BackendDescriptor descriptor() {
        return descriptor;
    }

    @Override
    public Flux<ChatEvent> chat(ChatRequest request, Deadlines deadlines) {
        return Watchdog.of(
                        descriptor.name(),
                        Duration.ZERO,
                        deadlines.firstToken().orElse(PATIENCE),
                        deadlines.betweenTokens().orElse(PATIENCE))
                .watch(_ -> answer(request));
    }

    private Flux<ChatEvent> answer(ChatRequest request) {
        return Flux.defer(() -> {
            var call = reader.chat(request.body().bytes(), request.id().hashCode());
            var writer =
                    new ChunkWriter(
                            "chatcmpl-" + request.id(),
                            clock.instant().getEpochSecond(),
                            descriptor.model());
            var answer = new ChatAnswer(writer, tokenizer, call.generation().choices());
            return JdkFlowAdapter.flowPublisherToFlux(engine.submit(call.generation()))
                    .concatMapIterable(answer::events, AHEAD)
                    .onErrorMap(EngineException.class, this::failure);
        });
    }

    /// Ends the engine, and with it all answers under way.
    @Override
    public void close() {
        engine.close();
    }

    private FailureException failure(EngineException e) {
        return switch (e.rejection()) {
            case EngineRejection.PromptTooLong(int promptTokens, int contextLength) ->
                    invalid(
                            "The prompt has %d tokens, but the context of model '%s' is %d, and at least one must be left for the answer."
                                    .formatted(promptTokens, descriptor.model(), contextLength),
                            "context_length_exceeded",
                            "messages");
            case EngineRejection.UnknownToken _ ->
                    invalid(
                            "Model '%s' has no token for a part of the prompt."
                                    .formatted(descriptor.model()),
                            "invalid_value",
                            "messages");
            case EngineRejection.QueueFull(_, Duration retryAfter) ->
                    new FailureException(
                            new Failure.Overloaded(
                                    "Backend '%s' has too many requests waiting."
                                            .formatted(descriptor.name()),
                                    retryAfter));
            case EngineRejection.DeadlineExceeded _ ->
                    new FailureException(
                            new Failure.TimedOut(
                                    "Backend '%s' did not answer in time."
                                            .formatted(descriptor.name()),
                                    Failure.Deadline.TOTAL));
            case EngineRejection.Closed _ ->
                    new FailureException(
                            new Failure.Broken(
                                    "Backend '%s' is shutting down.".formatted(descriptor.name())));
        };
    }

    private static FailureException invalid(String message, String code, String param) {
        return new FailureException(new Failure.InvalidRequest(message, code, Optional.of(param)));
    }
}
