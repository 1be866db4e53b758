package io.pointsman.backends.openai;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/// The HTTP clients of one backend: one per event loop, each with connections of its own. Threads
/// that run no loop of the traffic's share one. Thread-safe.
final class LoopClients implements AutoCloseable {

    /// How long closing the kept connections may take.
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private record Pooled(ConnectionProvider connections, HttpClient.ResponseReceiver<?> client) {}

    /// Stands for the threads that run no loop.
    private static final Object OTHERS = new Object();

    private final Map<Object, Pooled> clients = new ConcurrentHashMap<>();
    private final Supplier<ConnectionProvider> connections;
    private final Function<ConnectionProvider, HttpClient.ResponseReceiver<?>> client;

    /// @param connections makes a loop's pool of connections
    /// @param client makes a client that takes its connections from such a pool
    LoopClients(
            Supplier<ConnectionProvider> connections,
            Function<ConnectionProvider, HttpClient.ResponseReceiver<?>> client) {
        this.connections = connections;
        this.client = client;
    }

    /// The client whose connections this thread's loop carries.
    HttpClient.ResponseReceiver<?> current() {
        var loop = EventLoops.current();
        var key = loop == null ? OTHERS : loop;
        var known = clients.get(key);
        return (known == null ? clients.computeIfAbsent(key, _ -> create()) : known).client;
    }

    private Pooled create() {
        var pool = connections.get();
        return new Pooled(pool, client.apply(pool));
    }

    /// Closes the connections that are kept for later calls.
    @Override
    public void close() {
        Flux.fromIterable(clients.values())
                .flatMap(pooled -> pooled.connections.disposeLater())
                .blockLast(CLOSING);
    }
}
