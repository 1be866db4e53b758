package io.pointsman.gateway.config;

import io.pointsman.backends.balance.Engine;
import io.pointsman.gateway.config.Placement.Probe;
import io.pointsman.gateway.config.Placement.Replicas;
import io.pointsman.policies.yaml.YamlMap;
import io.pointsman.policies.yaml.YamlValue;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Reads where a backend is from the keys beside its `base-url`. Confined to the reading thread.
final class PlacementReader {

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    /// The second is what Helm makes of the first.
    private static final List<String> OFF = List.of("off", "false");

    private final References references;

    PlacementReader(References references) {
        this.references = references;
    }

    Placement read(YamlMap map) {
        var engine = map.oneOf("engine", Engine.class);
        return new Placement(
                replicas(map),
                engine,
                probe(map, engine),
                map.value("metrics-path")
                        .flatMap(PlacementReader::path)
                        .or(() ->
                                engine.filter(Engine::tellsMetrics)
                                        .map(_ -> Defaults.METRICS_PATH)));
    }

    private Replicas replicas(YamlMap map) {
        if (map.has("base-urls")) {
            refuseBeside(map, "base-url");
            refuseBeside(map, "discovery");
            return map.value("base-urls").map(PlacementReader::listed).orElseThrow();
        }
        map.value("base-urls");
        return map.value("discovery")
                .flatMap(value -> discovery(map, value))
                .orElseGet(Replicas.One::new);
    }

    private static void refuseBeside(YamlMap map, String key) {
        if (map.has(key)) {
            map.value(key).ifPresent(value -> value.keyProblem("does not go with base-urls"));
        }
    }

    private static Replicas listed(YamlValue value) {
        var urls = new LinkedHashMap<String, URI>();
        if (value.isList() && value.items().isEmpty()) {
            value.problem("is empty: a backend is at one URL at least");
        }
        for (var item : value.items()) {
            BackendReader.baseUrl(item)
                    .ifPresent(url -> {
                        if (urls.putIfAbsent(place(url), url) != null) {
                            item.problem("names the same host and port as another");
                        }
                    });
        }
        return new Replicas.Listed(List.copyOf(urls.values()));
    }

    private static String place(URI url) {
        int implied = url.getScheme().equals("https") ? 443 : 80;
        return url.getHost().toLowerCase(Locale.ROOT)
                + ':'
                + (url.getPort() < 0 ? implied : url.getPort());
    }

    private Optional<Replicas> discovery(YamlMap backend, YamlValue value) {
        if (!value.isMap()) {
            if (!value.text().equals(Optional.of("dns"))) {
                value.problem("must be dns, or a map with dns: true or file: PATH");
                return Optional.empty();
            }
            return Optional.of(byDns(backend, value, Defaults.DNS_REFRESH));
        }
        return value.map(map -> discovery(backend, value, map)).flatMap(it -> it);
    }

    private Optional<Replicas> discovery(YamlMap backend, YamlValue value, YamlMap map) {
        boolean dns = map.flag("dns").orElse(false);
        var file = map.value("file").flatMap(references::path);
        var refresh = map.duration("refresh", SHORTEST, LONGEST);
        if (dns == map.has("file")) {
            value.problem("must be either {dns: true} or {file: PATH}");
            return Optional.empty();
        }
        return dns
                ? Optional.of(byDns(backend, value, refresh.orElse(Defaults.DNS_REFRESH)))
                : file.map(
                        path -> new Replicas.InFile(path, refresh.orElse(Defaults.FILE_REFRESH)));
    }

    private static Replicas byDns(YamlMap backend, YamlValue value, Duration refresh) {
        if (backend.has("proxy")) {
            value.problem("by dns does not go with a proxy, which looks names up itself");
        }
        return new Replicas.ByDns(refresh);
    }

    private static Optional<Probe> probe(YamlMap map, Optional<Engine> engine) {
        var usual = engine.map(it -> new Probe(it.probePath(), Defaults.PROBE_EVERY));
        var value = map.value("probe");
        if (value.isEmpty()) {
            return usual;
        }
        if (!value.get().isMap()) {
            if (value.get().text().filter(OFF::contains).isEmpty()) {
                value.get().problem("must be off, or a map with path and every");
            }
            return Optional.empty();
        }
        return value.get()
                .map(probe -> {
                    var path = usual.isPresent() ? probe.value("path") : probe.required("path");
                    return new Probe(
                            path.flatMap(PlacementReader::path)
                                    .or(() -> usual.map(Probe::path))
                                    .orElse("/"),
                            probe.duration("every", SHORTEST, LONGEST)
                                    .orElse(Defaults.PROBE_EVERY));
                });
    }

    private static Optional<String> path(YamlValue value) {
        var path = value.text();
        boolean right =
                path.filter(text ->
                                text.startsWith("/")
                                        && text.chars().allMatch(c -> c > ' ' && c <= '~'))
                        .isPresent();
        if (path.isPresent() && !right) {
            value.problem("must be a path from the server's root such as /health");
        }
        return path.filter(_ -> right);
    }
}
