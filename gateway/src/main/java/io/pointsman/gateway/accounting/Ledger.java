package io.pointsman.gateway.accounting;

/// Takes the one record of every request. Implementations are safe for use by many threads, never
/// throw and never wait: they are called where the answer ends.
@FunctionalInterface
public interface Ledger {

    /// Keeps `request`.
    void record(RequestRecord request);

    /// This ledger, and then `next`.
    default Ledger and(Ledger next) {
        return request -> {
            record(request);
            next.record(request);
        };
    }
}
