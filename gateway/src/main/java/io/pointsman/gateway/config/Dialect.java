package io.pointsman.gateway.config;

/// In what a backend's requests and answers differ from OpenAI's. Immutable.
public record Dialect() {

    static final Dialect DEFAULT = new Dialect();
}
