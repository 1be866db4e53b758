package io.pointsman.api;

/// A key or password. It prints as stars, so that it cannot slip into a log or a message.
public final class Secret {

    private final String value;

    public Secret(String value) {
        this.value = value;
    }

    /// The secret itself, for the one place that must send it.
    public String reveal() {
        return value;
    }

    @Override
    public String toString() {
        return "***";
    }
}
