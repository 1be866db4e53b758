package io.pointsman.system;

import static io.pointsman.backends.FakeUpstream.chunk;
import static io.pointsman.backends.FakeUpstream.finish;
import static io.pointsman.backends.FakeUpstream.usage;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.pointsman.system.Fate.Script;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/// An OpenAI-compatible server on loopback that gives each request its own fate and counts the
/// tokens that it produces. Thread-safe.
final class CountingUpstream implements AutoCloseable {

    /// What every complete answer says of its prompt.
    static final int PROMPT_TOKENS = 7;

    private final LoopResources loops = LoopResources.create("counting-upstream", 1, true);
    private final Map<String, Tally> tallies = new ConcurrentHashMap<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final DisposableServer server;

    private CountingUpstream() {
        server =
                HttpServer.create()
                        .host("127.0.0.1")
                        .port(0)
                        .runOn(loops)
                        .route(routes ->
                                routes.post("/{backend}/v1/chat/completions", this::handle))
                        .bindNow();
    }

    static CountingUpstream start() {
        return new CountingUpstream();
    }

    /// What the backend `name` is called by.
    URI baseUrl(String name) {
        return URI.create("http://127.0.0.1:%d/%s/v1".formatted(server.port(), name));
    }

    /// Calls whose connection is open and whose answer is not complete.
    int underWay() {
        return underWay.get();
    }

    /// Has request `id` meet `fate`.
    Tally expect(String id, Fate fate) {
        var tally = new Tally(fate);
        tallies.put(id, tally);
        return tally;
    }

    /// Forgets request `id`.
    void forget(String id) {
        tallies.remove(id);
    }

    @Override
    public void close() {
        server.disposeNow();
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block();
    }

    /// What was produced for one request. Thread-safe.
    static final class Tally {

        private final Fate fate;
        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicInteger tokens = new AtomicInteger();
        private final AtomicInteger thoughts = new AtomicInteger();
        private final AtomicInteger toldPrompts = new AtomicInteger();
        private final CountDownLatch called = new CountDownLatch(1);
        private final CountDownLatch stalled = new CountDownLatch(1);

        private Tally(Fate fate) {
            this.fate = fate;
        }

        int calls() {
            return calls.get();
        }

        /// Tokens sent, thinking included.
        int tokens() {
            return tokens.get();
        }

        /// Those of them that were thinking.
        int thoughts() {
            return thoughts.get();
        }

        /// The prompt tokens of the answers that told their usage.
        int toldPrompts() {
            return toldPrompts.get();
        }

        /// Opens when the first call comes.
        CountDownLatch called() {
            return called;
        }

        /// Opens when a call has sent all that it will.
        CountDownLatch stalled() {
            return stalled;
        }

        private Script next() {
            int call = calls.getAndIncrement();
            called.countDown();
            return call < fate.attempts().size() ? fate.attempts().get(call) : Script.SUCCESS;
        }
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        var id = request.requestHeaders().get("X-Request-Id");
        return request.receive()
                .aggregate()
                .asString()
                .flatMapMany(_ -> {
                    var tally = tallies.get(id);
                    if (tally == null) {
                        return response.status(500).send();
                    }
                    var end = begin();
                    response.withConnection(connection ->
                            connection.channel().closeFuture().addListener(_ -> end.run()));
                    return Flux.from(answer(response, tally, tally.next()))
                            .doFinally(_ -> end.run());
                });
    }

    /// Counts a call under way until its answer ends or its connection closes.
    private Runnable begin() {
        underWay.incrementAndGet();
        var ended = new AtomicBoolean();
        return () -> {
            if (ended.compareAndSet(false, true)) {
                underWay.decrementAndGet();
            }
        };
    }

    private static Publisher<Void> answer(HttpServerResponse response, Tally tally, Script script) {
        return switch (script.ending()) {
            case SERVER_ERROR -> response.status(500).sendString(Mono.just("{\"error\":{}}"));
            case TOO_MANY_REQUESTS ->
                    response.status(429).header("Retry-After", "0").sendString(Mono.just("{}"));
            case BAD_REQUEST ->
                    response.status(400).sendString(Mono.just("{\"error\":{\"message\":\"bad\"}}"));
            case NOT_JSON ->
                    response.header("Content-Type", "text/html").sendString(Mono.just("<html>"));
            case SILENCE -> Mono.never();
            case DROP -> closing(response).then();
            case USAGE, NO_USAGE, NO_DONE, CUT, ERROR_FRAME, STALL ->
                    response.header("Content-Type", "text/event-stream")
                            .send(
                                    Flux.concat(tokens(tally, script), end(response, tally, script))
                                            .concatMap(Mono::just, 1),
                                    _ -> true);
        };
    }

    private static Flux<ByteBuf> tokens(Tally tally, Script script) {
        var pieces = new ArrayList<Mono<ByteBuf>>();
        pieces.add(event(chunk("{\"role\":\"assistant\",\"content\":\"\"}")));
        for (int i = 0; i < script.thoughts(); i++) {
            pieces.add(
                    event(chunk("{\"reasoning_content\":\"hm %d\"}".formatted(i)))
                            .doOnNext(_ -> {
                                tally.tokens.incrementAndGet();
                                tally.thoughts.incrementAndGet();
                            }));
        }
        for (int i = 0; i < script.words(); i++) {
            pieces.add(
                    event(chunk("{\"content\":\"word %d\"}".formatted(i)))
                            .doOnNext(_ -> tally.tokens.incrementAndGet()));
        }
        return Flux.concat(pieces);
    }

    private static Flux<ByteBuf> end(HttpServerResponse response, Tally tally, Script script) {
        var told =
                event(usage(PROMPT_TOKENS, script.tokens(), script.thoughts()))
                        .doOnNext(_ -> tally.toldPrompts.addAndGet(PROMPT_TOKENS));
        return switch (script.ending()) {
            case USAGE -> Flux.concat(List.of(event(finish("stop")), told, event("[DONE]")));
            case NO_USAGE -> Flux.concat(List.of(event(finish("stop")), event("[DONE]")));
            case NO_DONE -> Flux.concat(List.of(event(finish("length")), told));
            case ERROR_FRAME ->
                    Flux.concat(
                            Stream.of("{\"error\":{\"message\":\"out of memory\",\"code\":500}}")
                                    .map(CountingUpstream::event)
                                    .toList());
            case CUT -> closing(response).flux();
            case STALL ->
                    Flux.defer(() -> {
                        tally.stalled.countDown();
                        return Flux.never();
                    });
            default -> Flux.error(new AssertionError(script.ending()));
        };
    }

    /// Closes the connection once all that was sent before has left.
    private static Mono<ByteBuf> closing(HttpServerResponse response) {
        return Mono.defer(() -> {
            response.withConnection(connection -> {
                var channel = connection.channel();
                channel.eventLoop()
                        .execute(() ->
                                channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                                        .addListener(ChannelFutureListener.CLOSE));
            });
            return Mono.never();
        });
    }

    private static Mono<ByteBuf> event(String payload) {
        return Mono.fromSupplier(
                () -> Unpooled.wrappedBuffer(("data: " + payload + "\n\n").getBytes(UTF_8)));
    }
}
