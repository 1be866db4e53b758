package io.pointsman.gateway.config;

import io.pointsman.policies.yaml.YamlMap;

/// Reads a backend's dialect from the keys beside its `base-url`.
final class DialectReader {

    private DialectReader() {}

    static Dialect read(YamlMap map) {
        return Dialect.DEFAULT;
    }
}
