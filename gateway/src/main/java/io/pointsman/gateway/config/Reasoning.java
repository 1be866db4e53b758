package io.pointsman.gateway.config;

/// How `<think>` in a backend's content is understood.
public enum Reasoning {
    /// Thinking where the content begins with `<think>`, unless the backend sends it in a field of
    /// its own.
    AUTO,
    /// The prompt's template has opened `<think>` already: content is thinking until `</think>`.
    OPENED,
    /// Content is content.
    OFF
}
