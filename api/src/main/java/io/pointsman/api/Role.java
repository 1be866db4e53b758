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
        for (var role : values()) {
            if (role.wireName().equals(name)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }

    /// The role's name on the wire, in lower case.
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
