package io.pointsman.gateway.config;

import io.pointsman.policies.yaml.YamlMap;
import io.pointsman.policies.yaml.YamlValue;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads one entry of `pools`: the list of its backends, or a map that holds the list and more.
/// Confined to the reading thread.
final class PoolReader {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    private final List<String> known;

    /// @param known the names of all backends
    PoolReader(List<String> known) {
        this.known = known;
    }

    PoolConfig read(YamlValue value) {
        return value.isMap()
                ? value.map(this::read).orElseGet(() -> new PoolConfig(List.of()))
                : new PoolConfig(backends(value));
    }

    private PoolConfig read(YamlMap map) {
        Optional<YamlValue> backends = map.required("backends");
        return new PoolConfig(backends.map(this::backends).orElse(List.of()), attempts(map));
    }

    private static Attempts attempts(YamlMap map) {
        return new Attempts(
                map.duration("connect-timeout", SHORTEST, Duration.ofMinutes(1)),
                map.duration("first-token-timeout", SHORTEST, LONGEST),
                map.duration("between-tokens-timeout", SHORTEST, LONGEST),
                map.duration("total-timeout", SHORTEST, Duration.ofDays(1))
                        .orElse(Defaults.TOTAL_TIMEOUT),
                map.integer("max-attempts", 1, 100).orElse(Defaults.MAX_ATTEMPTS),
                map.duration("retry-within", SHORTEST, LONGEST).orElse(Defaults.RETRY_WITHIN),
                map.duration("retry-backoff", SHORTEST, Duration.ofMinutes(1))
                        .orElse(Defaults.RETRY_BACKOFF),
                map.duration("max-retry-wait", SHORTEST, LONGEST).orElse(Defaults.MAX_RETRY_WAIT),
                map.map("hedge", PoolReader::hedge));
    }

    private static Attempts.Hedge hedge(YamlMap map) {
        return new Attempts.Hedge(
                map.required("after")
                        .flatMap(after -> after.duration(SHORTEST, LONGEST))
                        .orElse(LONGEST),
                map.decimal("share", BigDecimal.ZERO, BigDecimal.ONE)
                        .map(BigDecimal::doubleValue)
                        .orElse(Defaults.HEDGE_SHARE));
    }

    private List<String> backends(YamlValue value) {
        var pool = new ArrayList<String>();
        var items = value.items();
        if (value.isList() && items.isEmpty()) {
            value.problem("is empty: a pool has at least one backend");
        }
        for (var item : items) {
            item.text()
                    .ifPresent(name -> {
                        if (!known.contains(name)) {
                            item.unknown(name, "backends", known);
                        } else if (pool.contains(name)) {
                            item.problem("stands in the pool twice");
                        }
                        pool.add(name);
                    });
        }
        return pool;
    }
}
