package io.pointsman.backends.balance;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.backends.Backend;
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

    void eject(boolean out) {
        ejected = out;
    }

    @Override
    public BackendDescriptor descriptor() {
        return replica.backend().descriptor();
    }

    /// Calls the replica, which will have read the prompt then.
    @Override
    public Flux<ChatEvent> chat(ChatRequest request) {
        if (!pool.remembersPrefixes()) {
            return replica.backend().chat(request);
        }
        return Flux.defer(() -> {
            pool.reads(this, request);
            return replica.backend().chat(request);
        });
    }
}
