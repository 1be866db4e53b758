package io.pointsman.gateway;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.Secret;
import io.pointsman.api.wire.ThinkSplitter;
import io.pointsman.backends.balance.Checks;
import io.pointsman.backends.balance.Engine;
import io.pointsman.backends.balance.Replica;
import io.pointsman.backends.balance.ReplicaPlan;
import io.pointsman.backends.discovery.Address;
import io.pointsman.backends.discovery.Discovery;
import io.pointsman.backends.discovery.DnsDiscovery;
import io.pointsman.backends.discovery.FileDiscovery;
import io.pointsman.backends.openai.HttpStatusPages;
import io.pointsman.backends.openai.OpenAiBackend;
import io.pointsman.backends.openai.OpenAiDialect;
import io.pointsman.backends.openai.OpenAiSettings;
import io.pointsman.gateway.config.BackendConfig;
import io.pointsman.gateway.config.Placement;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The servers of one configured backend: where they are, how each is called and what of it is
/// looked at. Immutable.
///
/// @param config the backend
/// @param apiKey sent to them
/// @param names the name service
record Servers(BackendConfig.OpenAi config, Optional<Secret> apiKey, DnsDiscovery.Names names) {

    /// Engines that keep the prefixes of prompts, so that it is worth to ask the same one again.
    private boolean caches() {
        return config.placement().engine().isPresent();
    }

    /// How its replicas are found, started and looked after.
    ///
    /// @throws IllegalArgumentException if a file that lists them does not
    ReplicaPlan plan() {
        return new ReplicaPlan(config.name(), discovery(), refresh(), checks(), this::start);
    }

    private Discovery discovery() {
        return switch (config.placement().replicas()) {
            case Placement.Replicas.One() -> {
                var one = List.of(Address.of(config.baseUrl()));
                yield () -> one;
            }
            case Placement.Replicas.Listed(var urls) -> {
                var all = urls.stream().map(Address::of).toList();
                yield () -> all;
            }
            case Placement.Replicas.ByDns _ -> new DnsDiscovery(config.baseUrl(), names);
            case Placement.Replicas.InFile(var file, _) ->
                    readable(new FileDiscovery(config.baseUrl(), file));
        };
    }

    private Discovery readable(FileDiscovery discovery) {
        try {
            discovery.find();
            return discovery;
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    "backends." + config.name() + ".discovery.file: " + unreadable.getMessage(),
                    unreadable);
        }
    }

    private Optional<Duration> refresh() {
        return switch (config.placement().replicas()) {
            case Placement.Replicas.One _, Placement.Replicas.Listed _ -> Optional.empty();
            case Placement.Replicas.ByDns(var refresh) -> Optional.of(refresh);
            case Placement.Replicas.InFile(_, var refresh) -> Optional.of(refresh);
        };
    }

    private Checks checks() {
        var placement = config.placement();
        return new Checks(
                placement.probe().map(probe -> new Checks.Probe(probe.path(), probe.every())),
                placement
                        .metricsPath()
                        .map(path ->
                                new Checks.Scrape(placement.engine().orElse(Engine.VLLM), path)));
    }

    private ReplicaPlan.Started start(Address address) {
        var settings = settings(name(address), address.baseUrl());
        var backend = OpenAiBackend.create(settings, address.pinned());
        if (checks().equals(Checks.NONE)) {
            return new ReplicaPlan.Started(
                    new Replica(Backends.guard(backend), caches(), backend::close),
                    Optional.empty());
        }
        var pages = HttpStatusPages.create(settings, address.pinned());
        return new ReplicaPlan.Started(
                new Replica(
                        Backends.guard(backend),
                        caches(),
                        () -> {
                            pages.close();
                            backend.close();
                        }),
                Optional.of(pages));
    }

    private String name(Address address) {
        return config.placement().replicas() instanceof Placement.Replicas.One
                ? config.name()
                : config.name() + BackendDescriptor.REPLICA + address.label();
    }

    private OpenAiSettings settings(String name, URI baseUrl) {
        return new OpenAiSettings(
                new BackendDescriptor(name, config.model(), config.contextLength(), config.price()),
                baseUrl,
                apiKey,
                config.connectTimeout(),
                config.firstTokenTimeout(),
                config.proxy(),
                config.caFile(),
                switch (config.reasoning()) {
                    case AUTO -> ThinkSplitter.Mode.AUTO;
                    case OPENED -> ThinkSplitter.Mode.OPENED;
                    case OFF -> ThinkSplitter.Mode.OFF;
                },
                config.headers(),
                dialect());
    }

    private OpenAiDialect dialect() {
        var dialect = config.dialect();
        return new OpenAiDialect(
                dialect.requests(),
                dialect.reasoningField(),
                dialect.reasoningTokens(),
                dialect.repeatedChunks(),
                dialect.maxResponseBytes());
    }
}
