package io.pointsman.api;

import java.util.Locale;

/// Why a completion ended, as in the OpenAI API.
public enum FinishReason {
    STOP,
    LENGTH,
    TOOL_CALLS,
    CONTENT_FILTER,
    FUNCTION_CALL,
    /// A reason that the OpenAI API does not know.
    OTHER;

    /// The reason that the wire calls `name`, [#OTHER] for any that is unknown.
    public static FinishReason of(String name) {
        return switch (name) {
            case "stop" -> STOP;
            case "length" -> LENGTH;
            case "tool_calls" -> TOOL_CALLS;
            case "content_filter" -> CONTENT_FILTER;
            case "function_call" -> FUNCTION_CALL;
            default -> OTHER;
        };
    }

    /// The reason's name on the wire.
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
