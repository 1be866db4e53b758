package io.pointsman.backends;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AttributeKey;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/// An OpenAI-compatible server on loopback that answers as scripted, well or badly. Thread-safe.
public final class FakeUpstream implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final AttributeKey<Boolean> USED = AttributeKey.valueOf("fake-upstream.used");

    /// Its own, so that it outlives the gateway that it is tested with: one that closes takes the
    /// event loops that all servers share with it.
    private final LoopResources loops = LoopResources.create("fake-upstream", 1, true);

    private final DisposableServer server;
    private final Deque<Reply> replies = new ArrayDeque<>();
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private int underWay;

    private FakeUpstream() {
        server =
                HttpServer.create()
                        .host("127.0.0.1")
                        .port(0)
                        .runOn(loops)
                        .route(routes -> routes.post("/v1/chat/completions", this::handle))
                        .bindNow();
    }

    /// A server without a script: it answers 500.
    public static FakeUpstream start() {
        return new FakeUpstream();
    }

    /// What a server on this base URL is called by.
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.port() + "/v1");
    }

    /// Answers the next calls with `next`, one each; the last one serves all further calls.
    public synchronized FakeUpstream answers(Reply... next) {
        replies.clear();
        replies.addAll(Arrays.asList(next));
        return this;
    }

    /// The calls so far.
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    /// Waits until no answer is under way: each has ended, or its connection has been closed.
    public void awaitIdle() {
        await("an answer is still under way", () -> underWay == 0);
    }

    /// Waits until `count` calls have come.
    public void awaitCalls(int count) {
        await("fewer calls have come than " + count, () -> calls.size() >= count);
    }

    @Override
    public void close() {
        server.disposeNow();
        loops.disposeLater(Duration.ZERO, PATIENCE).block();
    }

    /// A call as it came.
    ///
    /// @param headers by name in lower case
    public record Call(Map<String, String> headers, String body) {}

    private synchronized void await(String otherwise, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!condition.getAsBoolean()) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    throw new AssertionError(otherwise);
                }
                wait(Math.max(1, left / 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(otherwise, e);
        }
    }

    private synchronized Reply next() {
        if (replies.isEmpty()) {
            return Reply.of(500, "text/plain", "no script");
        }
        return replies.size() == 1 ? replies.getFirst() : replies.removeFirst();
    }

    /// Counts an answer under way until it ends or its connection closes, whichever is first.
    private synchronized Runnable begin(Call call) {
        calls.add(call);
        underWay++;
        notifyAll();
        var ended = new AtomicBoolean();
        return () -> {
            if (ended.compareAndSet(false, true)) {
                end();
            }
        };
    }

    private synchronized void end() {
        underWay--;
        notifyAll();
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        var headers = new TreeMap<String, String>();
        request.requestHeaders()
                .forEach(entry ->
                        headers.put(entry.getKey().toLowerCase(Locale.ROOT), entry.getValue()));
        return request.receive()
                .aggregate()
                .asString(UTF_8)
                .defaultIfEmpty("")
                .flatMapMany(body -> {
                    var end = begin(new Call(headers, body));
                    response.withConnection(connection ->
                            connection.channel().closeFuture().addListener(_ -> end.run()));
                    return Flux.from(answer(next(), response)).doFinally(_ -> end.run());
                });
    }

    private static Publisher<Void> answer(Reply reply, HttpServerResponse response) {
        var drop = drop(response);
        boolean reused = reused(response);
        var first = reply.steps().isEmpty() ? new Step.Hang() : reply.steps().getFirst();
        if (first instanceof Step.Drop || (first instanceof Step.DropIfReused && reused)) {
            return drop.then();
        }
        if (reply.steps().equals(List.of(new Step.Hang()))) {
            return Mono.never();
        }
        response.status(reply.status());
        reply.headers().forEach(response::header);
        var bytes =
                Flux.fromIterable(reply.steps())
                        .concatMap(step ->
                                switch (step) {
                                    case Step.Send(byte[] some) ->
                                            Mono.<ByteBuf>fromSupplier(
                                                    () -> Unpooled.wrappedBuffer(some));
                                    case Step.Hang() -> Mono.<ByteBuf>never();
                                    case Step.Drop() -> drop;
                                    case Step.DropIfReused() -> Mono.<ByteBuf>empty();
                                    case Step.Pause(Duration time) ->
                                            Mono.delay(time).then(Mono.<ByteBuf>empty());
                                });
        return response.send(bytes, _ -> true);
    }

    private static boolean reused(HttpServerResponse response) {
        var used = new AtomicBoolean();
        response.withConnection(
                connection -> used.set(connection.channel().attr(USED).getAndSet(true) != null));
        return used.get();
    }

    private static Mono<ByteBuf> drop(HttpServerResponse response) {
        return Mono.defer(() -> {
            response.withConnection(connection -> {
                var _ = connection.channel().close();
            });
            return Mono.never();
        });
    }

    /// What happens in an answer, one after another.
    public sealed interface Step {

        /// Bytes go out, at once.
        record Send(byte[] bytes) implements Step {}

        /// Nothing more happens, and the connection stays.
        record Hang() implements Step {}

        /// Nothing happens for this long.
        record Pause(Duration time) implements Step {}

        /// The connection breaks. As the only step: before a byte of the response.
        record Drop() implements Step {}

        /// The connection breaks, if it has carried a call before. As the first step: before a byte
        /// of the response.
        record DropIfReused() implements Step {}
    }

    /// An answer.
    public record Reply(int status, Map<String, String> headers, List<Step> steps) {

        public Reply {
            headers = Map.copyOf(headers);
            steps = List.copyOf(steps);
        }

        /// A body in one piece.
        public static Reply of(int status, String contentType, String body) {
            return new Reply(
                    status,
                    Map.of("Content-Type", contentType),
                    List.of(new Step.Send(body.getBytes(UTF_8))));
        }

        /// Server-sent events of these payloads, each in a piece of its own.
        public static Reply events(String... payloads) {
            return stream(
                    Arrays.stream(payloads)
                            .map(payload -> "data: " + payload + "\n\n")
                            .toArray(String[]::new));
        }

        /// An event stream of these pieces as they are.
        public static Reply stream(String... pieces) {
            return new Reply(
                    200,
                    Map.of("Content-Type", "text/event-stream"),
                    Arrays.stream(pieces)
                            .<Step>map(piece -> new Step.Send(piece.getBytes(UTF_8)))
                            .toList());
        }

        /// The connection breaks before a byte of the response.
        public static Reply drop() {
            return new Reply(200, Map.of(), List.of(new Step.Drop()));
        }

        /// Nothing comes, not even a status.
        public static Reply hang() {
            return new Reply(200, Map.of(), List.of(new Step.Hang()));
        }

        public Reply withHeader(String name, String value) {
            var more = new HashMap<>(headers);
            more.put(name, value);
            return new Reply(status, more, steps);
        }

        /// The same, but on a connection that has carried a call before, which breaks instead.
        public Reply unlessReused() {
            var more = new ArrayList<Step>(List.of(new Step.DropIfReused()));
            more.addAll(steps);
            return new Reply(status, headers, more);
        }

        /// The same, and then nothing, for ever.
        public Reply thenHang() {
            return then(new Step.Hang());
        }

        /// The same, and then the connection breaks.
        public Reply thenDrop() {
            return then(new Step.Drop());
        }

        private Reply then(Step step) {
            var more = new ArrayList<>(steps);
            more.add(step);
            return new Reply(status, headers, more);
        }

        /// The same, with `pause` before every step.
        public Reply slowly(Duration pause) {
            var more = new ArrayList<Step>();
            for (var step : steps) {
                more.add(new Step.Pause(pause));
                more.add(step);
            }
            return new Reply(status, headers, more);
        }

        /// The same bytes in pieces of `size`.
        public Reply chopped(int size) {
            var pieces = new ArrayList<Step>();
            for (var step : steps) {
                if (step instanceof Step.Send(byte[] bytes)) {
                    for (int i = 0; i < bytes.length; i += size) {
                        int end = Math.min(bytes.length, i + size);
                        pieces.add(new Step.Send(Arrays.copyOfRange(bytes, i, end)));
                    }
                } else {
                    pieces.add(step);
                }
            }
            return new Reply(status, headers, pieces);
        }
    }

    /// The payload of a chunk with `delta`, a JSON object.
    public static String chunk(String delta) {
        return "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":"
                + delta
                + ",\"finish_reason\":null}]}";
    }

    /// The payload of the chunk that ends an answer for `reason`.
    public static String finish(String reason) {
        return "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\""
                + reason
                + "\"}]}";
    }

    /// The payload of the chunk that tells usage.
    public static String usage(int prompt, int completion, int reasoning) {
        return ("{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":%d,"
                        + "\"completion_tokens\":%d,\"total_tokens\":%d,\"completion_tokens_details\":{\"reasoning_tokens\":%d}}}")
                .formatted(prompt, completion, prompt + completion, reasoning);
    }
}
