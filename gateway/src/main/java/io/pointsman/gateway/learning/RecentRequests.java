package io.pointsman.gateway.learning;

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

    private final Latest byId;

    RecentRequests(Ticker ticker) {
        byId = new Latest(CAPACITY, KEPT, ticker);
    }

    void add(Asked asked) {
        byId.add(hash(asked.tenant(), asked.id()), asked);
    }

    Optional<Asked> find(String tenant, String id) {
        return byId.find(
                hash(tenant, id), asked -> asked.id().equals(id) && asked.tenant().equals(tenant));
    }

    private static long hash(String tenant, String id) {
        return (long) tenant.hashCode() << Integer.SIZE | (id.hashCode() & 0xFFFF_FFFFL);
    }
}
