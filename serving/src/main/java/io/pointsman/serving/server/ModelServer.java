package io.pointsman.serving.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.wire.ChunkAggregator;
import io.pointsman.api.wire.ChunkWriter;
import io.pointsman.api.wire.SseEncoder;
import io.pointsman.serving.chat.ChatFormat;
import io.pointsman.serving.engine.Engine;
import io.pointsman.serving.engine.Token;
import io.pointsman.serving.openai.ChatAnswer;
import io.pointsman.serving.openai.CompletionCall;
import io.pointsman.serving.openai.CompletionReader;
import io.pointsman.serving.openai.TextAnswer;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.json.JsonMapper;

/// Serves one engine over HTTP as OpenAI and vLLM do; thread-safe. A client that goes away takes
/// its sequences with it, whether it streams or waits; one that reads slowly pauses its own.
public final class ModelServer implements AutoCloseable {

    /// How many tokens the engine may be ahead of a reader.
    private static final int AHEAD = 16;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Engine engine;
    private final Tokenizer tokenizer;
    private final EngineMetrics metrics;
    private final ServerOptions options;
    private final CompletionReader reader;
    private final InstantSource clock;
    private final LoopResources loops;
    private final DisposableServer server;

    private ModelServer(
            Engine engine,
            Tokenizer tokenizer,
            ChatFormat format,
            EngineMetrics metrics,
            ServerOptions options,
            InstantSource clock) {
        this.engine = engine;
        this.tokenizer = tokenizer;
        this.metrics = metrics;
        this.options = options;
        this.clock = clock;
        reader =
                new CompletionReader(tokenizer, format, engine.contextLength(), options.defaults());
        loops = LoopResources.create("engine-http", LoopResources.DEFAULT_IO_WORKER_COUNT, true);
        server =
                HttpServer.create()
                        .host(options.host())
                        .port(options.port())
                        .runOn(loops)
                        .route(this::routes)
                        .bindNow();
    }

    /// Starts a server of which `engine` becomes a part: closing the server closes it.
    ///
    /// @param format renders conversations for the engine's model
    /// @param metrics what listens to the engine
    /// @throws reactor.netty.ChannelBindException where the port is taken
    public static ModelServer start(
            Engine engine,
            Tokenizer tokenizer,
            ChatFormat format,
            EngineMetrics metrics,
            ServerOptions options) {
        return new ModelServer(engine, tokenizer, format, metrics, options, InstantSource.system());
    }

    public int port() {
        return server.port();
    }

    /// Takes no more requests, waits up to `patience` for those at hand, then closes.
    public void drain(Duration patience) throws InterruptedException {
        engine.drain(patience);
        close();
    }

    @Override
    public void close() {
        engine.close();
        server.disposeNow(Duration.ofSeconds(5));
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block(Duration.ofSeconds(5));
    }

    private void routes(HttpServerRoutes routes) {
        routes.post("/v1/chat/completions", reading(this::chat))
                .post("/v1/completions", reading(this::complete))
                .post("/tokenize", reading((body, _, response) -> tokenize(body, response)))
                .post("/detokenize", reading((body, _, response) -> detokenize(body, response)))
                .get("/v1/models", (_, response) -> send(response, 200, models()))
                .get("/health", (_, response) -> health(response))
                .get("/metrics", (_, response) -> metrics(response))
                .route(_ -> true, this::notFound);
    }

    /// Answers a request whose body has been read.
    @FunctionalInterface
    private interface Answer {
        Publisher<Void> to(byte[] body, HttpServerRequest request, HttpServerResponse response);
    }

    private BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> reading(
            Answer answer) {
        return (request, response) ->
                body(request)
                        .publishOn(Schedulers.boundedElastic())
                        .flatMap(body -> Mono.from(answer.to(body, request, response)))
                        .onErrorResume(
                                error -> !response.hasSentHeaders(),
                                error -> Mono.from(fail(response, error)));
    }

    /// The whole body, unless it is too large.
    private Mono<byte[]> body(HttpServerRequest request) {
        int most = options.maxBodyBytes();
        return request.receive()
                .asByteArray()
                .<ByteArrayOutputStream>reduceWith(
                        ByteArrayOutputStream::new,
                        (all, part) -> {
                            if (all.size() + part.length > most) {
                                throw new BodyTooLarge(most);
                            }
                            all.writeBytes(part);
                            return all;
                        })
                .map(ByteArrayOutputStream::toByteArray);
    }

    private Publisher<Void> chat(
            byte[] body, HttpServerRequest request, HttpServerResponse response) {
        var call = reader.chat(body, ThreadLocalRandom.current().nextLong());
        checkModel(call);
        var writer =
                new ChunkWriter(
                        id("chatcmpl-"),
                        clock.instant().getEpochSecond(),
                        options.names().getFirst(),
                        options.reasoningFields());
        var answer = new ChatAnswer(writer, tokenizer, call.generation().choices());
        var chunks =
                tokens(call, request)
                        .concatMapIterable(answer::events, AHEAD)
                        .ofType(ChatEvent.Chunk.class);
        if (!call.stream()) {
            return chunks.collect(ChunkAggregator::new, (all, chunk) -> all.add(chunk.json()))
                    .flatMap(all -> Mono.from(send(response, 200, all.completion())));
        }
        return stream(
                response,
                chunks.filter(chunk -> call.includeUsage() || chunk.facts().choices())
                        .map(ChatEvent.Chunk::json));
    }

    private Publisher<Void> complete(
            byte[] body, HttpServerRequest request, HttpServerResponse response) {
        var call = reader.text(body, ThreadLocalRandom.current().nextLong());
        checkModel(call);
        var answer =
                new TextAnswer(
                        id("cmpl-"),
                        clock.instant().getEpochSecond(),
                        options.names().getFirst(),
                        tokenizer,
                        call.generation().choices(),
                        call.includeUsage());
        var tokens = tokens(call, request);
        if (call.stream()) {
            return stream(response, tokens.concatMapIterable(answer::pieces, AHEAD));
        }
        return tokens.doOnNext(answer::collect)
                .then(Mono.defer(() -> Mono.from(send(response, 200, answer.whole()))));
    }

    /// The engine's tokens, until the client goes away.
    private Flux<Token> tokens(CompletionCall call, HttpServerRequest request) {
        var gone =
                Mono.<Void>create(sink ->
                        request.withConnection(connection ->
                                connection
                                        .channel()
                                        .closeFuture()
                                        .addListener(_ -> sink.success())));
        return JdkFlowAdapter.flowPublisherToFlux(engine.submit(call.generation()))
                .takeUntilOther(gone)
                .publishOn(Schedulers.parallel(), AHEAD);
    }

    /// Sends server-sent events. The status waits for the first of them, or for what went wrong.
    private static Publisher<Void> stream(HttpServerResponse response, Flux<byte[]> events) {
        return events.switchOnFirst((first, all) -> {
            if (first.isOnError()) {
                return Flux.from(fail(response, first.getThrowable())).cast(Void.class);
            }
            response.header(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                    .header("x-accel-buffering", "no");
            var frames =
                    all.map(SseEncoder::event)
                            .concatWith(Mono.fromSupplier(SseEncoder::done))
                            .onErrorResume(error -> Mono.just(frame(error)))
                            .map(Unpooled::wrappedBuffer);
            return response.sse().send(frames.cast(ByteBuf.class), _ -> true);
        });
    }

    private static byte[] frame(Throwable error) {
        return SseEncoder.event(ErrorResponse.of(error).body().json());
    }

    private void checkModel(CompletionCall call) {
        if (!call.model().isEmpty() && !options.names().contains(call.model())) {
            throw new UnknownModel(options.names());
        }
    }

    private Publisher<Void> tokenize(byte[] body, HttpServerResponse response) {
        var ids = reader.tokenize(body);
        var answer = JSON.createObjectNode();
        answer.put("count", ids.size());
        answer.put("max_model_len", engine.contextLength());
        var tokens = answer.putArray("tokens");
        for (int i = 0; i < ids.size(); i++) {
            tokens.add(ids.get(i));
        }
        return send(response, 200, JSON.writeValueAsBytes(answer));
    }

    private Publisher<Void> detokenize(byte[] body, HttpServerResponse response) {
        var answer = JSON.createObjectNode().put("prompt", reader.detokenize(body));
        return send(response, 200, JSON.writeValueAsBytes(answer));
    }

    private byte[] models() {
        var list = JSON.createObjectNode().put("object", "list");
        var data = list.putArray("data");
        for (var name : options.names()) {
            data.addObject()
                    .put("id", name)
                    .put("object", "model")
                    .put("created", 0)
                    .put("owned_by", "pointsman")
                    .put("max_model_len", engine.contextLength());
        }
        return JSON.writeValueAsBytes(list);
    }

    private Publisher<Void> health(HttpServerResponse response) {
        return engine.healthy(options.longestStep())
                ? response.status(200).send()
                : response.status(503).send();
    }

    private Publisher<Void> metrics(HttpServerResponse response) {
        return response.header(
                        HttpHeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                .sendByteArray(Mono.fromSupplier(metrics::exposition));
    }

    private Publisher<Void> notFound(HttpServerRequest request, HttpServerResponse response) {
        boolean known =
                List.of(
                                "/v1/chat/completions",
                                "/v1/completions",
                                "/tokenize",
                                "/detokenize",
                                "/v1/models",
                                "/health",
                                "/metrics")
                        .contains(request.fullPath());
        return known
                ? send(
                        response,
                        ErrorResponse.invalid(
                                405,
                                "%s does not take %s."
                                        .formatted(request.fullPath(), request.method()),
                                "method_not_allowed",
                                Optional.empty()))
                : send(
                        response,
                        ErrorResponse.invalid(
                                404,
                                "There is nothing at this path.",
                                "not_found",
                                Optional.empty()));
    }

    private static Publisher<Void> fail(HttpServerResponse response, @Nullable Throwable error) {
        return send(
                response,
                switch (error) {
                    case BodyTooLarge tooLarge ->
                            ErrorResponse.invalid(
                                    413,
                                    "The body is larger than %d bytes.".formatted(tooLarge.most),
                                    "body_too_large",
                                    Optional.empty());
                    case UnknownModel unknown ->
                            ErrorResponse.invalid(
                                    404,
                                    "There is no such model; ask for one of %s."
                                            .formatted(String.join(", ", unknown.names)),
                                    "model_not_found",
                                    Optional.of("model"));
                    case null -> ErrorResponse.of(new IllegalStateException());
                    default -> ErrorResponse.of(error);
                });
    }

    private static Publisher<Void> send(HttpServerResponse response, ErrorResponse error) {
        error.retryAfter()
                .ifPresent(time ->
                        response.header(
                                HttpHeaderNames.RETRY_AFTER, String.valueOf(time.toSeconds())));
        return send(response, error.status(), error.body().json());
    }

    private static Publisher<Void> send(HttpServerResponse response, int status, byte[] json) {
        return response.status(status)
                .header(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .header(HttpHeaderNames.CONTENT_LENGTH, String.valueOf(json.length))
                .sendByteArray(Mono.just(json));
    }

    private static String id(String prefix) {
        return prefix + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    private static final class BodyTooLarge extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int most;

        BodyTooLarge(int most) {
            super(null, null, false, false);
            this.most = most;
        }
    }

    private static final class UnknownModel extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient List<String> names;

        UnknownModel(List<String> names) {
            super(null, null, false, false);
            this.names = names;
        }
    }
}
