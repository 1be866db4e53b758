package io.pointsman.gateway;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.Price;
import io.pointsman.backends.Backend;
import io.pointsman.backends.balance.BackendRegistry;
import io.pointsman.backends.balance.Checks;
import io.pointsman.backends.balance.Replica;
import io.pointsman.backends.balance.ReplicaPlan;
import io.pointsman.backends.balance.Upkeep;
import io.pointsman.backends.discovery.Address;
import io.pointsman.backends.discovery.SystemNames;
import io.pointsman.backends.embedded.EmbeddedBackend;
import io.pointsman.backends.resilience.BreakerSettings;
import io.pointsman.backends.resilience.GuardedBackend;
import io.pointsman.gateway.config.BackendConfig;
import io.pointsman.gateway.config.GatewayConfig;
import io.pointsman.gateway.config.PoolConfig;
import io.pointsman.gateway.config.SecretResolver;
import io.pointsman.serving.BundledModels;
import io.pointsman.serving.LanguageModel;
import io.pointsman.serving.engine.EngineOptions;
import java.net.URI;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The backends that a configuration names, started and guarded. Thread-safe.
///
/// @param registry finds them
/// @param held what must be closed with them, in this order
record Backends(BackendRegistry registry, List<AutoCloseable> held) implements AutoCloseable {

    private static final Address IN_PROCESS = Address.of(URI.create("http://in-process"));

    Backends {
        held = List.copyOf(held);
    }

    /// Starts what `config` names, with the keys that `secrets` finds, and looks after it from then
    /// on.
    ///
    /// @throws IllegalArgumentException if a file that lists replicas does not
    static Backends start(GatewayConfig config, SecretResolver secrets) {
        var apiKeys = secrets.apiKeys(config);
        var pools = new LinkedHashMap<String, List<String>>();
        config.pools().forEach((name, pool) -> pools.put(name, pool.backends()));
        var registry = new BackendRegistry(pools, System::nanoTime);
        var upkeep = new Upkeep(registry, System::nanoTime);
        var names = new SystemNames();
        try {
            for (var described : config.backends().values()) {
                upkeep.add(
                        switch (described) {
                            case BackendConfig.Embedded embedded -> plan(embedded);
                            case BackendConfig.OpenAi openAi ->
                                    new Servers(
                                                    openAi,
                                                    Optional.ofNullable(apiKeys.get(openAi.name())),
                                                    names)
                                            .plan();
                        });
            }
        } catch (RuntimeException failed) {
            upkeep.close();
            names.close();
            throw failed;
        }
        upkeep.start();
        return new Backends(registry, List.of(upkeep, names));
    }

    /// Looks after the backends; empty where nobody does.
    Optional<Upkeep> upkeep() {
        return held.stream().filter(Upkeep.class::isInstance).map(Upkeep.class::cast).findFirst();
    }

    /// Guards `backend` with a breaker of its own.
    static GuardedBackend guard(Backend backend) {
        return new GuardedBackend(backend, BreakerSettings.DEFAULT, Clock.systemUTC());
    }

    /// Groups `backends` into `pools`, which name them.
    static BackendRegistry registry(
            Map<String, PoolConfig> pools, Map<String, GuardedBackend> backends) {
        var entries = new ArrayList<BackendRegistry.Entry>();
        pools.forEach((name, pool) -> {
            for (var member : pool.backends()) {
                entries.add(
                        new BackendRegistry.Entry(
                                name, java.util.Objects.requireNonNull(backends.get(member))));
            }
        });
        return new BackendRegistry(entries);
    }

    private static ReplicaPlan plan(BackendConfig.Embedded config) {
        return new ReplicaPlan(
                config.name(),
                () -> List.of(IN_PROCESS),
                Optional.empty(),
                Checks.NONE,
                _ -> {
                    var backend =
                            switch (config.model()) {
                                case FAST ->
                                        embedded(
                                                config.name(),
                                                BundledModels.fast(),
                                                config.price());
                                case REASONER ->
                                        embedded(
                                                config.name(),
                                                BundledModels.reasoner(),
                                                config.price());
                            };
                    return new ReplicaPlan.Started(
                            new Replica(guard(backend), false, backend::close), Optional.empty());
                });
    }

    private static EmbeddedBackend embedded(
            String name, LanguageModel model, Optional<Price> price) {
        var engine = model.start(EngineOptions.DEFAULT);
        return new EmbeddedBackend(
                new BackendDescriptor(name, model.name(), engine.contextLength(), price),
                engine,
                model.tokenizer(),
                model.chatFormat(),
                InstantSource.system());
    }

    @Override
    public void close() {
        for (var closeable : held) {
            try {
                closeable.close();
            } catch (Exception stuck) {
                throw new IllegalStateException("a backend cannot be closed", stuck);
            }
        }
    }
}
