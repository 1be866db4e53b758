package io.pointsman.gateway.config;

/// The kinds of backends that a configuration can name.
enum BackendKind {
    OPENAI,
    EMBEDDED
}
