package io.pointsman.gateway;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.Price;
import io.pointsman.api.Secret;
import io.pointsman.api.wire.ThinkSplitter;
import io.pointsman.backends.Backend;
import io.pointsman.backends.embedded.EmbeddedBackend;
import io.pointsman.backends.openai.OpenAiBackend;
import io.pointsman.backends.openai.OpenAiSettings;
import io.pointsman.backends.resilience.BackendRegistry;
import io.pointsman.backends.resilience.BreakerSettings;
import io.pointsman.backends.resilience.Cooldown;
import io.pointsman.backends.resilience.Guard;
import io.pointsman.backends.resilience.GuardedBackend;
import io.pointsman.gateway.config.BackendConfig;
import io.pointsman.gateway.config.GatewayConfig;
import io.pointsman.gateway.config.PoolConfig;
import io.pointsman.gateway.config.Protection;
import io.pointsman.gateway.config.SecretRef;
import io.pointsman.gateway.config.SecretResolver;
import io.pointsman.serving.BundledModels;
import io.pointsman.serving.LanguageModel;
import io.pointsman.serving.engine.EngineOptions;
import java.net.URI;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The backends that a configuration names, started and guarded. Immutable.
///
/// @param registry finds them
/// @param held what must be closed with them
record Backends(BackendRegistry registry, List<AutoCloseable> held) implements AutoCloseable {

    Backends {
        held = List.copyOf(held);
    }

    /// Starts what `config` names, with the keys that `secrets` finds.
    static Backends start(GatewayConfig config, SecretResolver secrets) {
        var apiKeys = secrets.apiKeys(config);
        var guarded = new HashMap<String, GuardedBackend>();
        var held = new ArrayList<AutoCloseable>();
        var cooldowns = new HashMap<Quota, Cooldown>();
        var clock = Clock.systemUTC();
        for (var described : config.backends().values()) {
            var backend = backend(described, Optional.ofNullable(apiKeys.get(described.name())));
            if (backend instanceof AutoCloseable closeable) {
                held.add(closeable);
            }
            guarded.put(
                    described.name(),
                    new GuardedBackend(backend, guard(described, cooldowns, clock), clock));
        }
        return new Backends(registry(config.pools(), guarded), held);
    }

    private static Guard guard(BackendConfig config, Map<Quota, Cooldown> cooldowns, Clock clock) {
        return switch (config) {
            case BackendConfig.Embedded _ -> Guard.of(BreakerSettings.DEFAULT);
            case BackendConfig.OpenAi openAi -> {
                var protection = openAi.protection();
                yield new Guard(
                        breaker(protection.breaker()),
                        protection.maxInFlight(),
                        protection.requestsPerSecond(),
                        Optional.of(
                                cooldowns.computeIfAbsent(
                                        Quota.of(openAi),
                                        _ -> new Cooldown(protection.cooldown(), clock))));
            }
        };
    }

    private static BreakerSettings breaker(Protection.Breaker breaker) {
        return new BreakerSettings(
                breaker.window(),
                breaker.minimumCalls(),
                (float) (100 * breaker.failureRate()),
                breaker.openFor(),
                breaker.trialCalls());
    }

    /// What a 429 is about: one model of one server, called with one key.
    private record Quota(URI baseUrl, String model, Object key) {

        private static Quota of(BackendConfig.OpenAi config) {
            return new Quota(
                    config.baseUrl(),
                    config.model(),
                    config.apiKey()
                            .<Object>map(key ->
                                    switch (key) {
                                        case SecretRef.Env(var name, _) -> name;
                                        case SecretRef.FromFile(var path, _) -> path;
                                    })
                            .orElse(""));
        }
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

    private static Backend backend(BackendConfig config, Optional<Secret> apiKey) {
        return switch (config) {
            case BackendConfig.Embedded(var name, var model, var price) ->
                    switch (model) {
                        case FAST -> embedded(name, BundledModels.fast(), price);
                        case REASONER -> embedded(name, BundledModels.reasoner(), price);
                    };
            case BackendConfig.OpenAi openAi -> OpenAiBackend.create(settings(openAi, apiKey));
        };
    }

    private static Backend embedded(String name, LanguageModel model, Optional<Price> price) {
        var engine = model.start(EngineOptions.DEFAULT);
        return new EmbeddedBackend(
                new BackendDescriptor(name, model.name(), engine.contextLength(), price),
                engine,
                model.tokenizer(),
                model.chatFormat(),
                InstantSource.system());
    }

    private static OpenAiSettings settings(BackendConfig.OpenAi config, Optional<Secret> apiKey) {
        return new OpenAiSettings(
                new BackendDescriptor(
                        config.name(), config.model(), config.contextLength(), config.price()),
                config.baseUrl(),
                apiKey,
                config.connectTimeout(),
                config.firstTokenTimeout(),
                config.protection().betweenTokensTimeout(),
                config.proxy(),
                config.caFile(),
                switch (config.reasoning()) {
                    case AUTO -> ThinkSplitter.Mode.AUTO;
                    case OPENED -> ThinkSplitter.Mode.OPENED;
                    case OFF -> ThinkSplitter.Mode.OFF;
                },
                config.headers());
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
