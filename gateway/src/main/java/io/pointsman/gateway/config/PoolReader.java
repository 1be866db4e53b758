package io.pointsman.gateway.config;

import io.pointsman.policies.yaml.YamlMap;
import io.pointsman.policies.yaml.YamlValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads one entry of `pools`: the list of its backends, or a map that holds the list and more.
/// Confined to the reading thread.
final class PoolReader {

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
        return new PoolConfig(backends.map(this::backends).orElse(List.of()));
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
