package io.pointsman.api.wire;

import java.util.List;

/// What thinking is called in the deltas that clients get.
public enum ReasoningField {
    /// As the backend calls it; `reasoning_content` where it was taken out of tags.
    AS_IS,
    REASONING_CONTENT,
    REASONING,
    /// The same text under both names.
    BOTH;

    private static final List<String> CONTENT_ONLY = List.of("reasoning_content");
    private static final List<String> SHORT_ONLY = List.of("reasoning");
    private static final List<String> ALL = List.of("reasoning_content", "reasoning");

    /// The fields that thinking from tags stands in.
    List<String> names() {
        return switch (this) {
            case AS_IS, REASONING_CONTENT -> CONTENT_ONLY;
            case REASONING -> SHORT_ONLY;
            case BOTH -> ALL;
        };
    }

    /// Whether `name` is one of those that servers use.
    static boolean known(String name) {
        return name.equals("reasoning_content") || name.equals("reasoning");
    }
}
