package io.pointsman.gateway.ledger.postgres;

import io.pointsman.gateway.ledger.Spool;
import io.pointsman.gateway.ledger.SpoolPosition;
import java.util.UUID;

/// Where records are sent on to. Used by one thread; each call may block and may fail.
interface RecordStore extends AutoCloseable {

    /// Up to where the store has the records of `spool`.
    ///
    /// @throws StoreException where it cannot be asked
    SpoolPosition position(UUID spool);

    /// Takes `batch` and notes its end as the position, both or neither. Records that it has it
    /// does not take twice.
    ///
    /// @throws StoreException where it cannot
    void take(UUID spool, Spool.Batch batch);

    @Override
    void close();
}
