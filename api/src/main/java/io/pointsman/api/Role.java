package io.pointsman.api;

import java.util.Locale;
import java.util.Optional;

/// Who speaks in a message of a conversation.
public enum Role {
    SYSTEM,
    DEVELOPER,
    USER,
    ASSISTANT,
    TOOL,
    FUNCTION;

    /// The role that the wire calls `name`; empty where there is none such.
    public static Optional<Role> of(String name) {
        return switch (name) {
            case "system" -> Optional.of(SYSTEM);
            case "developer" -> Optional.of(DEVELOPER);
            case "user" -> Optional.of(USER);
            case "assistant" -> Optional.of(ASSISTANT);
            case "tool" -> Optional.of(TOOL);
            case "function" -> Optional.of(FUNCTION);
            default -> Optional.empty();
        };
    }

    /// The role's name on the wire, in lower case.
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
