package io.pointsman.api.wire;

/// What can be written as a JSON value.
@FunctionalInterface
interface JsonValue {

    /// Appends this to `json`.
    void writeTo(JsonBytes json);
}
