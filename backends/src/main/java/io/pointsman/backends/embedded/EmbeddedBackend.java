package io.pointsman.backends.embedded;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.RequestId;
import io.pointsman.api.Sampling;
import io.pointsman.api.wire.ChunkWriter;
import io.pointsman.backends.Backend;
import io.pointsman.serving.chat.ChatFormat;
import io.pointsman.serving.chat.Conversation;
import io.pointsman.serving.engine.Engine;
import io.pointsman.serving.engine.EngineException;
import io.pointsman.serving.engine.EngineRejection;
import io.pointsman.serving.engine.GenerationRequest;
import io.pointsman.serving.engine.Token;
import io.pointsman.serving.model.SamplingParameters;
import io.pointsman.serving.tokenizer.TokenIds;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

/// A model that an engine in this process runs. Thread-safe.
///
/// It answers once and in text: it is given neither tools nor images, and a schema for the answer
/// is not enforced. A request's default is greedy, so that the same question has the same answer.
public final class EmbeddedBackend implements Backend, AutoCloseable {

    /// How many tokens the engine may be ahead of the reader.
    private static final int AHEAD = 16;

    /// No text has longer tokens throughout; what cannot fit is not even tokenized.
    private static final int MOST_CHARACTERS_PER_TOKEN = 32;

    private final BackendDescriptor descriptor;
    private final Engine engine;
    private final ChatFormat format;
    private final InstantSource clock;

    /// A backend that closes `engine` when it is closed.
    ///
    /// @param format renders conversations for the engine's model
    public EmbeddedBackend(
            BackendDescriptor descriptor, Engine engine, ChatFormat format, InstantSource clock) {
        this.descriptor = descriptor;
        this.engine = engine;
        this.format = format;
        this.clock = clock;
    }

    @Override
    public BackendDescriptor descriptor() {
        return descriptor;
    }

    @Override
    public Flux<ChatEvent> chat(ChatRequest request) {
        return Flux.defer(() -> {
            var generation = generation(request);
            var answer =
                    new Answer(
                            new ChunkWriter(
                                    "chatcmpl-" + request.id(),
                                    clock.instant().getEpochSecond(),
                                    descriptor.model()));
            return JdkFlowAdapter.flowPublisherToFlux(engine.submit(generation))
                    .concatMapIterable(answer::events, AHEAD)
                    .onErrorMap(EngineException.class, this::failure);
        });
    }

    /// Ends the engine, and with it all answers under way.
    @Override
    public void close() {
        engine.close();
    }

    private GenerationRequest generation(ChatRequest request) {
        if (request.choices() > 1) {
            throw invalid("The bundled models answer once: leave out n.", "invalid_value", "n");
        }
        var sampling = request.sampling();
        return GenerationRequest.builder(prompt(request))
                .maxTokens(Math.max(1, sampling.maxTokens().orElse(Integer.MAX_VALUE)))
                .sampling(parameters(sampling, request.id()))
                .stop(sampling.stop().stream().filter(text -> !text.isEmpty()).toList())
                .build();
    }

    private TokenIds prompt(ChatRequest request) {
        if (request.textLength() > (long) MOST_CHARACTERS_PER_TOKEN * descriptor.contextLength()) {
            throw invalid(
                    "The conversation has %d characters, far more than the context of model '%s' holds (%d tokens)."
                            .formatted(
                                    request.textLength(),
                                    descriptor.model(),
                                    descriptor.contextLength()),
                    "context_length_exceeded",
                    "messages");
        }
        try {
            return format.render(conversation(request));
        } catch (IllegalArgumentException e) {
            throw invalid(
                    "Model '%s' cannot answer this conversation: %s."
                            .formatted(descriptor.model(), e.getMessage()),
                    "invalid_value",
                    "messages");
        }
    }

    private static Conversation conversation(ChatRequest request) {
        return Conversation.of(
                request.messages().stream()
                        .map(message ->
                                Map.<String, Object>of(
                                        "role",
                                        message.role().name().toLowerCase(Locale.ROOT),
                                        "content",
                                        message.text()))
                        .toList());
    }

    /// Draws differ between requests, and repeat for one that is repeated under its id.
    private static SamplingParameters parameters(Sampling sampling, RequestId id) {
        double topP = sampling.topP().orElse(1);
        return SamplingParameters.GREEDY
                .withTemperature(topP == 0 ? 0 : sampling.temperature().orElse(0))
                .withCuts(0, topP == 0 ? 1 : topP, 0)
                .withSeed(sampling.seed().orElse(id.hashCode()));
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

    /// One answer under way; confined to the thread that signals its tokens.
    private static final class Answer {
        private final ChunkWriter writer;
        private boolean begun;

        Answer(ChunkWriter writer) {
            this.writer = writer;
        }

        List<ChatEvent> events(Token token) {
            var events = new ArrayList<ChatEvent>(4);
            if (!begun) {
                events.add(writer.role());
                begun = true;
            }
            if (!token.text().isEmpty()) {
                events.add(
                        token.reasoning()
                                ? writer.reasoning(token.text())
                                : writer.content(token.text()));
            }
            token.end().ifPresent(end -> addEnd(end, events));
            return events;
        }

        private void addEnd(Token.End end, List<ChatEvent> events) {
            events.add(writer.finish(end.reason()));
            events.add(writer.usage(end.usage()));
            events.add(new ChatEvent.Finished(end.reason(), end.usage()));
        }
    }
}
