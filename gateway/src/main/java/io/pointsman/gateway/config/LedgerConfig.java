package io.pointsman.gateway.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How the records of requests are kept.
///
/// @param folder where; empty for the run alone. See [GatewayConfig#ledger(java.util.Map)]
/// @param sync how often what was written is also forced to the disk; zero for every batch
/// @param whenFull what happens to requests while the folder cannot be written
/// @param retention how long records and sums are kept
/// @param maxSize how many bytes records take at most
/// @param log whether each record is also logged; empty where that depends on the folder
/// @param postgres the database that records are sent on to; empty for none
public record LedgerConfig(
        Optional<Path> folder,
        Duration sync,
        WhenFull whenFull,
        Duration retention,
        long maxSize,
        Optional<Boolean> log,
        Optional<Postgres> postgres) {

    /// Where nobody says otherwise.
    public static final LedgerConfig DEFAULT =
            new LedgerConfig(
                    Optional.empty(),
                    Defaults.LEDGER_SYNC,
                    Defaults.WHEN_FULL,
                    Defaults.RETENTION,
                    Defaults.LEDGER_SIZE,
                    Optional.empty(),
                    Optional.empty());

    /// What happens to requests while their records cannot be written.
    public enum WhenFull {
        /// They are served; records that find no room in memory are dropped and counted.
        COUNT,
        /// New ones are refused.
        REFUSE
    }

    /// Whether each record is also logged: unless the file says, where no folder keeps it.
    public boolean logged() {
        return log.orElse(folder.isEmpty());
    }

    LedgerConfig in(Optional<Path> other) {
        return new LedgerConfig(other, sync, whenFull, retention, maxSize, log, postgres);
    }

    /// A database of PostgreSQL.
    ///
    /// @param url as JDBC has it
    /// @param user whom to log in as; empty where the URL says
    /// @param password of that user; empty where none is needed
    /// @param batch how many records are written at a time, at most
    public record Postgres(
            String url, Optional<String> user, Optional<SecretRef> password, int batch) {}
}
