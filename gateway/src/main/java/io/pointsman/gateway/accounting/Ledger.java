package io.pointsman.gateway.accounting;

/// Takes the one record of every request. Implementations are safe for use by many threads, never
/// throw and never wait: they are called where the answer ends.
@FunctionalInterface
public interface Ledger {

    /// Keeps `request`.
    void record(RequestRecord request);

    /// Whether new requests may come, because their records would be kept or may be missed.
    default boolean accepting() {
        return true;
    }

    /// This ledger, and then `next`.
    default Ledger and(Ledger next) {
        return new Both(this, next);
    }

    /// Two ledgers.
    ///
    /// @param first records first
    /// @param second records after it
    record Both(Ledger first, Ledger second) implements Ledger {

        @Override
        public void record(RequestRecord request) {
            first.record(request);
            second.record(request);
        }

        @Override
        public boolean accepting() {
            return first.accepting() && second.accepting();
        }
    }
}
