package io.pointsman.backends.balance;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.backends.Backend;
import io.pointsman.backends.Deadlines;
import java.time.Duration;
import java.util.Optional;
import reactor.core.publisher.Flux;

/// A replica as a member of one pool. Thread-safe; what is said of ejection is confined to
/// [OutlierEjection], but for whether it is ejected.
final class Member implements Backend {

    /// Says that no slot of the prefix index is its own.
    static final int NO_SLOT = -1;

    private final Pool pool;
    private final Replica replica;
    private final int slot;
    private volatile boolean ejected;
    private volatile long until;

    /// Confined to [OutlierEjection].
    final OutlierEjection.History history = new OutlierEjection.History();

    Member(Pool pool, Replica replica, int slot) {
        this.pool = pool;
        this.replica = replica;
        this.slot = slot;
    }

    Pool pool() {
        return pool;
    }

    Replica replica() {
        return replica;
    }

    int slot() {
        return slot;
    }

    boolean ejected() {
        return ejected;
    }

    /// Takes it out of its pool until the ticker shows `when`.
    void eject(long when) {
        until = when;
        ejected = true;
    }

    void takeBack() {
        ejected = false;
    }

    /// How long at `now` it stays out of its pool; empty where it is in.
    Optional<Duration> ejectedFor(long now) {
        return ejected ? Optional.of(Duration.ofNanos(Math.max(0, until - now))) : Optional.empty();
    }

    @Override
    public BackendDescriptor descriptor() {
        return replica.backend().descriptor();
    }

    @Override
    public String adaptations(ChatRequest request) {
        return replica.backend().adaptations(request);
    }

    /// Calls the replica, which will have read the prompt then.
    @Override
    public Flux<ChatEvent> chat(ChatRequest request, Deadlines deadlines) {
        return chat(request, deadlines, () -> {});
    }

    @Override
    public Flux<ChatEvent> chat(ChatRequest request, Deadlines deadlines, Runnable sent) {
        if (!pool.remembersPrefixes()) {
            return replica.backend().chat(request, deadlines, sent);
        }
        return Flux.defer(() -> {
            pool.reads(this, request);
            return replica.backend().chat(request, deadlines, sent);
        });
    }
}
