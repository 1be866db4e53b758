package io.pointsman.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.pointsman.backends.FakeUpstream;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/// A replica of an engine on loopback: it says its name in two halves, and vLLM's status pages say
/// what they are told to. Thread-safe.
final class FakeEngine implements AutoCloseable {

    private final LoopResources loops = LoopResources.create("fake-engine", 1, true);
    private final String name;
    private final DisposableServer server;
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Mono<Void>> between = new AtomicReference<>(Mono.empty());
    private volatile int health = 200;
    private volatile int queue;

    private FakeEngine(String name) {
        this.name = name;
        server =
                HttpServer.create()
                        .host("127.0.0.1")
                        .port(0)
                        .runOn(loops)
                        .handle(this::handle)
                        .bindNow();
    }

    static FakeEngine start(String name) {
        return new FakeEngine(name);
    }

    /// Its host and port.
    String address() {
        return "127.0.0.1:" + server.port();
    }

    /// Lets `/health` answer with `status`.
    void health(int status) {
        health = status;
    }

    /// Lets the metrics tell of so many waiting requests.
    void queue(int waiting) {
        queue = waiting;
    }

    /// Lets answers wait for `signal` in their middle.
    void waitFor(Mono<Void> signal) {
        between.set(signal);
    }

    /// The methods and paths of all requests so far.
    Queue<String> seen() {
        return seen;
    }

    /// How many of them were chat completions.
    long chats() {
        return seen.stream().filter("POST /v1/chat/completions"::equals).count();
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        seen.add(request.method() + " " + request.uri());
        return switch (request.uri()) {
            case "/health" -> response.status(health).send();
            case "/metrics" ->
                    response.sendString(
                            Mono.just(
                                    "vllm:num_requests_waiting{model_name=\"m\"} "
                                            + queue
                                            + "\nvllm:kv_cache_usage_perc{model_name=\"m\"} 0.5\n"));
            default -> request.receive().then().thenMany(answer(response));
        };
    }

    private Publisher<Void> answer(HttpServerResponse response) {
        var wait = between.get();
        var events =
                Flux.concat(
                        Flux.just(event(FakeUpstream.chunk("{\"content\":\"I am \"}"))),
                        wait.cast(String.class),
                        Flux.just(
                                event(FakeUpstream.chunk("{\"content\":\"" + name + "\"}")),
                                event(FakeUpstream.finish("stop")),
                                event(FakeUpstream.usage(9, 5, 0)),
                                event("[DONE]")));
        return response.header("Content-Type", "text/event-stream")
                .send(
                        events.map(event -> Unpooled.wrappedBuffer(event.getBytes(UTF_8))),
                        _ -> true);
    }

    private static String event(String payload) {
        return "data: " + payload + "\n\n";
    }

    @Override
    public void close() {
        server.disposeNow();
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(10)).block();
    }
}
