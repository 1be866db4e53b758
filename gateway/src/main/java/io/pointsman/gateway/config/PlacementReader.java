package io.pointsman.gateway.config;

import io.pointsman.policies.yaml.YamlMap;

/// Reads where a backend is from the keys beside its `base-url`.
final class PlacementReader {

    private PlacementReader() {}

    static Placement read(YamlMap map) {
        return Placement.DEFAULT;
    }
}
