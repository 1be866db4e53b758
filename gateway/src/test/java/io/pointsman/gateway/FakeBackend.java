package io.pointsman.gateway;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Price;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ChunkWriter;
import io.pointsman.backends.Backend;
import io.pointsman.backends.Deadlines;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Flux;

/// A backend whose answers a test scripts; thread-safe.
final class FakeBackend implements Backend {

    static final ChunkWriter CHUNKS = new ChunkWriter("chatcmpl-1", 1, "fake");
    static final Usage USAGE = new Usage(10, 4, 6, 2, false);

    private final BackendDescriptor descriptor;
    private final List<ChatRequest> requests = new CopyOnWriteArrayList<>();
    private volatile Flux<ChatEvent> script;
    private volatile CompletableFuture<Void> subscribed = new CompletableFuture<>();
    private volatile CompletableFuture<Void> cancelled = new CompletableFuture<>();

    FakeBackend(String name) {
        this.descriptor =
                new BackendDescriptor(
                        name,
                        name + "-model",
                        4096,
                        Optional.of(
                                new Price(
                                        new BigDecimal("1"),
                                        new BigDecimal("0.5"),
                                        new BigDecimal("10"))));
        this.script = answer("Hello from " + name);
    }

    /// A short thought, `text`, the end.
    static Flux<ChatEvent> answer(String text) {
        return Flux.just(
                CHUNKS.role(0),
                CHUNKS.reasoning("hm"),
                CHUNKS.content(text),
                CHUNKS.finish(0, FinishReason.STOP),
                CHUNKS.usage(USAGE),
                new ChatEvent.Finished(FinishReason.STOP, USAGE));
    }

    /// Forgets all scripts and calls.
    void reset() {
        script = answer("Hello from " + descriptor.name());
        requests.clear();
        subscribed = new CompletableFuture<>();
        cancelled = new CompletableFuture<>();
    }

    void answers(Flux<ChatEvent> events) {
        script = events;
    }

    List<ChatRequest> requests() {
        return requests;
    }

    /// Done once somebody has called it.
    CompletableFuture<Void> subscribed() {
        return subscribed;
    }

    /// Done once somebody has given a call up.
    CompletableFuture<Void> cancelled() {
        return cancelled;
    }

    @Override
    public BackendDescriptor descriptor() {
        return descriptor;
    }

    @Override
    public Flux<ChatEvent> chat(ChatRequest request, Deadlines deadlines) {
        return Flux.defer(
                        () -> {
                            requests.add(request);
                            return script;
                        })
                .doOnSubscribe(_ -> subscribed.complete(null))
                .doOnCancel(() -> cancelled.complete(null));
    }
}
