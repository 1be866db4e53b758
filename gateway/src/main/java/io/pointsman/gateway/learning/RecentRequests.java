package io.pointsman.gateway.learning;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pointsman.api.RequestId;
import io.pointsman.gateway.accounting.Ticker;
import java.time.Duration;
import java.util.Optional;

/// The requests of the last day that a client may still judge, each to be found by its own tenant
/// only; the newest of an id counts. Thread-safe.
final class RecentRequests {

    /// What a client reads whose request is not here.
    static final String NOT_FOUND =
            "this key's tenant has no request of that id: send an answer's x-pointsman-request-id;"
                    + " ids are kept for 24 hours, of the last 100,000 requests, and not over a"
                    + " restart";

    private static final Duration KEPT = Duration.ofHours(24);
    private static final int CAPACITY = 100_000;

    private final Cache<Key, Asked> byId;

    RecentRequests(Ticker ticker) {
        byId =
                Caffeine.newBuilder()
                        .maximumSize(CAPACITY)
                        .expireAfterWrite(KEPT)
                        .ticker(ticker::nanos)
                        // To wake a thread for the upkeep costs more than the upkeep.
                        .executor(Runnable::run)
                        .build();
    }

    void add(String tenant, RequestId id, Asked asked) {
        byId.put(new Key(tenant, id.value()), asked);
    }

    Optional<Asked> find(String tenant, String id) {
        return Optional.ofNullable(byId.getIfPresent(new Key(tenant, id)));
    }

    private record Key(String tenant, String id) {}
}
