package io.pointsman.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.pointsman.api.Secret;
import io.pointsman.gateway.accounting.Ledger;
import io.pointsman.gateway.accounting.Metrics;
import io.pointsman.gateway.accounting.ReasonerPrice;
import io.pointsman.gateway.config.BackendConfig;
import io.pointsman.gateway.config.GatewayConfig;
import io.pointsman.gateway.config.LedgerConfig;
import io.pointsman.gateway.config.SecretResolver;
import io.pointsman.gateway.ledger.LedgerMetrics;
import io.pointsman.gateway.ledger.RecordLedger;
import io.pointsman.gateway.ledger.postgres.Shipper;
import io.pointsman.policies.PoolPair;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The ledger as a configuration describes it: the records, and what sends them on. Immutable; to
/// be closed when no request is left.
final class LedgerService implements AutoCloseable {

    private final RecordLedger records;
    private final Optional<Shipper> shipper;

    private LedgerService(RecordLedger records, Optional<Shipper> shipper) {
        this.records = records;
        this.shipper = shipper;
    }

    /// Opens what `config` describes, with the secrets and the folder that `secrets` knows of.
    ///
    /// @throws io.pointsman.gateway.ledger.InvalidLedger if the folder cannot be used
    /// @throws io.pointsman.policies.yaml.ConfigException if the database's password is missing
    static LedgerService open(GatewayConfig config, SecretResolver secrets) {
        var ledger = config.ledger(secrets.environment());
        var password =
                ledger.postgres()
                        .flatMap(LedgerConfig.Postgres::password)
                        .map(secrets::resolve)
                        .map(Secret::reveal);
        if (ledger.postgres().isPresent() && ledger.folder().isEmpty()) {
            throw new IllegalArgumentException(
                    "ledger.postgres: what is sent to a database waits in a folder first; set"
                            + " ledger.folder, or the variable "
                            + GatewayConfig.DATA_VARIABLE);
        }
        var reasoner = reasoner(config);
        var clock = InstantSource.system();
        var records = RecordLedger.open(ledger, reasoner, clock);
        Optional<Shipper> shipper =
                ledger.postgres()
                        .map(to ->
                                Shipper.create(
                                        records.spool().orElseThrow(),
                                        records,
                                        to,
                                        password,
                                        clock));
        return new LedgerService(records, shipper);
    }

    /// The price of the pool that hard requests go to.
    private static ReasonerPrice reasoner(GatewayConfig config) {
        var pair =
                config.learn()
                        .map(learn -> learn.pair())
                        .or(() -> config.policies().policy().pair());
        var names =
                pair.map(PoolPair::reasoner)
                        .flatMap(pool -> Optional.ofNullable(config.pools().get(pool)))
                        .map(pool -> pool.backends().stream())
                        .orElse(Stream.empty())
                        .toList();
        Set<String> backends = new HashSet<>(names);
        return new ReasonerPrice(
                names.stream()
                        .flatMap(name -> Optional.ofNullable(config.backends().get(name)).stream())
                        .map(BackendConfig::price)
                        .flatMap(Optional::stream)
                        .findFirst(),
                backends);
    }

    /// Starts to send records on, and gives all that takes them: the metrics in `registry` and the
    /// records.
    Ledger ledger(MeterRegistry registry) {
        LedgerMetrics.register(records, registry);
        shipper.ifPresent(it -> {
            it.register(registry);
            it.start();
        });
        return new Metrics(registry).and(records);
    }

    /// The records, and sums of them.
    RecordLedger records() {
        return records;
    }

    /// Writes what is left, and lets go of the folder and the database.
    @Override
    public void close() {
        try {
            records.close();
        } finally {
            shipper.ifPresent(Shipper::close);
        }
    }
}
