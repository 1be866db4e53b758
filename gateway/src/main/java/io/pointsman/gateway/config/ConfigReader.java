package io.pointsman.gateway.config;

import io.pointsman.api.Tenant;
import io.pointsman.classifier.memory.MemorySettings;
import io.pointsman.gateway.config.GatewayConfig.Auth;
import io.pointsman.gateway.config.GatewayConfig.Management;
import io.pointsman.gateway.config.GatewayConfig.Server;
import io.pointsman.policies.Policies;
import io.pointsman.policies.Policy;
import io.pointsman.policies.yaml.YamlMap;
import io.pointsman.policies.yaml.YamlValue;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;

/// Reads the top of `pointsman.yaml`. What the file leaves out of backends and pools together, and
/// then of policies and head, is the built-in configuration's. Confined to the reading thread.
final class ConfigReader {

    private static final int MAX_PORT = 65_535;
    private static final int MAX_REQUEST_BYTES = 1 << 30;
    private static final int MAX_CONCURRENT_REQUESTS = 1_000_000;
    private static final Duration SHORTEST_PING = Duration.ofMillis(10);
    private static final Duration LONGEST_PING = Duration.ofHours(1);
    private static final Duration LONGEST_DRAIN = Duration.ofHours(24);
    private static final int MAX_OUTCOMES = 10_000_000;
    private static final Duration SHORTEST_HALF_LIFE = Duration.ofHours(1);
    private static final Duration LONGEST_HALF_LIFE = Duration.ofDays(3650);
    private static final String BUILT_IN_HEAD = "embedded";

    private final References references;
    private final Supplier<GatewayConfig> builtIn;

    ConfigReader(Path folder, Supplier<GatewayConfig> builtIn) {
        this.references = new References(folder);
        this.builtIn = builtIn;
    }

    GatewayConfig read(YamlMap map) {
        var server = map.map("server", ConfigReader::server).orElse(Server.DEFAULT);
        var management = map.map("management", this::management).orElse(Management.DEFAULT);
        refuseOnePort(map, server, management);
        var auth = map.map("auth", this::auth).orElse(Auth.DEFAULT);
        var own = map.has("backends") || map.has("pools");
        var backends = own ? backends(map) : builtIn(map, "backends").backends();
        var pools = own ? pools(map) : builtIn(map, "pools").pools();
        var classifier = map.map("classifier", this::classifier).orElse(Classifier.DEFAULT);
        var policies = policies(map, own, pools);
        return new GatewayConfig(
                server,
                management,
                auth,
                backends,
                pools,
                classifier.head().orElse(own ? new Head.Generic() : new Head.Embedded()),
                classifier.memory(),
                policies,
                new LearnReader(backends, pools, policies).read(map),
                map.map("ledger", new LedgerReader(references)::read).orElse(LedgerConfig.DEFAULT));
    }

    private GatewayConfig builtIn(YamlMap map, String key) {
        map.value(key);
        return builtIn.get();
    }

    private static Server server(YamlMap map) {
        return new Server(
                map.text("host"),
                map.integer("port", 0, MAX_PORT).orElse(Defaults.PORT),
                map.bytes("max-request-bytes", 1 << 10, MAX_REQUEST_BYTES)
                        .map(Math::toIntExact)
                        .orElse(Defaults.MAX_REQUEST_BYTES),
                map.map("cors", ConfigReader::origins).orElse(List.of()),
                new GatewayConfig.Pings(
                        map.duration("first-ping-after", SHORTEST_PING, LONGEST_PING)
                                .orElse(Defaults.FIRST_PING_AFTER),
                        map.duration("ping-interval", SHORTEST_PING, LONGEST_PING)
                                .orElse(Defaults.PING_INTERVAL)),
                map.integer("max-concurrent-requests", 1, MAX_CONCURRENT_REQUESTS)
                        .orElse(Defaults.MAX_CONCURRENT_REQUESTS),
                map.map("drain", ConfigReader::drain).orElse(GatewayConfig.Drain.DEFAULT));
    }

    private static GatewayConfig.Drain drain(YamlMap map) {
        return new GatewayConfig.Drain(
                map.duration("delay", Duration.ZERO, LONGEST_DRAIN).orElse(Defaults.DRAIN_DELAY),
                map.duration("timeout", Duration.ZERO, LONGEST_DRAIN)
                        .orElse(Defaults.DRAIN_TIMEOUT));
    }

    private static List<String> origins(YamlMap map) {
        return map.required("allowed-origins").map(YamlValue::items).orElse(List.of()).stream()
                .map(ConfigReader::origin)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<String> origin(YamlValue value) {
        if (value.text().filter("*"::equals).isPresent()) {
            return Optional.of("*");
        }
        var url = Urls.read(value, "https://chat.example.com", "http", "https");
        if (url.isPresent() && !url.get().getPath().isEmpty()) {
            value.problem("must end after the host or port: an origin has no path");
        }
        return url.map(URI::toString);
    }

    private Management management(YamlMap map) {
        return new Management(
                map.text("host"),
                map.integer("port", 0, MAX_PORT).orElse(Defaults.MANAGEMENT_PORT));
    }

    private static void refuseOnePort(YamlMap map, Server server, Management management) {
        if (server.port() != 0 && server.port() == management.port()) {
            map.value(map.has("management") ? "management" : "server")
                    .ifPresent(value ->
                            value.problem(
                                    "leaves server and management on one port, "
                                            + server.port()
                                            + "; each needs its own"));
        }
    }

    private Auth auth(YamlMap map) {
        var tenants = new LinkedHashMap<String, Tenant>();
        map.named("tenants")
                .forEach((name, value) ->
                        value.map(tenant -> tenant(name, tenant))
                                .ifPresent(tenant -> tenants.put(name, tenant)));
        return new Auth(
                map.value("keys-file").flatMap(references::path),
                map.value("keys-env").flatMap(References::variable).orElse(Defaults.KEYS_ENV),
                tenants);
    }

    private static Tenant tenant(String name, YamlMap map) {
        return new Tenant(name, map.flag("may-choose-route").orElse(Defaults.MAY_CHOOSE_ROUTE));
    }

    private SequencedMap<String, BackendConfig> backends(YamlMap map) {
        map.required("backends");
        var reader = new BackendReader(references);
        var backends = new LinkedHashMap<String, BackendConfig>();
        map.named("backends")
                .forEach((name, value) ->
                        value.map(backend -> reader.read(name, backend))
                                .flatMap(it -> it)
                                .ifPresent(backend -> backends.put(name, backend)));
        return backends;
    }

    private static void refuseUnused(YamlMap map, SequencedMap<String, PoolConfig> pools) {
        var used = new HashSet<String>();
        pools.values().forEach(pool -> used.addAll(pool.backends()));
        map.named("backends")
                .forEach((name, value) -> {
                    if (!used.contains(name)) {
                        value.keyProblem("is in no pool, so that nothing can reach it");
                    }
                });
    }

    private static SequencedMap<String, PoolConfig> pools(YamlMap map) {
        map.required("pools");
        var reader = new PoolReader(List.copyOf(map.named("backends").sequencedKeySet()));
        var pools = new LinkedHashMap<String, PoolConfig>();
        map.named("pools")
                .forEach((name, value) -> {
                    if (name.equals(Policies.AUTO)) {
                        value.keyProblem("is reserved: auto leaves the choice to the rules");
                    }
                    pools.put(name, reader.read(value));
                });
        if (map.has("pools")) {
            refuseUnused(map, pools);
        }
        return pools;
    }

    /// What stands under `classifier`; without a head, the backends decide on it.
    private record Classifier(Optional<Head> head, MemorySettings memory) {
        static final Classifier DEFAULT = new Classifier(Optional.empty(), MemorySettings.DEFAULT);
    }

    private Classifier classifier(YamlMap map) {
        return new Classifier(
                map.value("head").flatMap(this::head),
                map.map("memory", this::memory).orElse(MemorySettings.DEFAULT));
    }

    private MemorySettings memory(YamlMap map) {
        return new MemorySettings(
                map.value("file").flatMap(references::path),
                map.integer("max-outcomes", 1, MAX_OUTCOMES).orElse(MemorySettings.CAPACITY),
                map.duration("half-life", SHORTEST_HALF_LIFE, LONGEST_HALF_LIFE)
                        .orElse(MemorySettings.HALF_LIFE),
                map.oneOf("sharing", MemorySettings.Sharing.class)
                        .orElse(MemorySettings.DEFAULT.sharing()));
    }

    private Optional<Head> head(YamlValue value) {
        return value.text()
                .flatMap(text ->
                        switch (text) {
                            case "generic" -> Optional.of(new Head.Generic());
                            case BUILT_IN_HEAD -> Optional.of(new Head.Embedded());
                            case String path when path.endsWith(".json") ->
                                    references.path(value).map(Head.FromFile::new);
                            default -> {
                                value.unknown(
                                        text,
                                        "heads, nor a path that ends in .json",
                                        List.of("generic", BUILT_IN_HEAD));
                                yield Optional.empty();
                            }
                        });
    }

    private Policies policies(YamlMap map, boolean own, SequencedMap<String, PoolConfig> pools) {
        if (!own && !map.has("policies")) {
            return builtIn(map, "policies").policies();
        }
        return map.required("policies")
                .flatMap(value -> value.map(it -> Policies.read(it, pools.sequencedKeySet())))
                .orElseGet(() -> new Policies(new LinkedHashMap<>(), new Policy("", List.of())));
    }
}
