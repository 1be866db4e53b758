package io.pointsman.gateway.config;

/// What keeps a backend from being asked too much, or while it fails. Immutable.
public record Protection() {

    static final Protection DEFAULT = new Protection();
}
