package io.pointsman.gateway.config;

import io.pointsman.policies.yaml.YamlMap;

/// Reads what protects a backend from the keys beside its `base-url`.
final class ProtectionReader {

    private ProtectionReader() {}

    static Protection read(YamlMap map) {
        return Protection.DEFAULT;
    }
}
