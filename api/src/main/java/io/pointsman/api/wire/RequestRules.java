package io.pointsman.api.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;

/// How the bodies of requests are changed for one backend. Immutable.
///
/// @param drop top-level fields that the backend does not take
/// @param rename top-level fields by the names that the backend knows them under
/// @param set JSON values of top-level fields, whatever the client says
/// @param defaults JSON values of top-level fields that the client leaves out
/// @param maxTokens the most tokens that a completion may have; a request that names no bound gets
///   this one
/// @param history what becomes of the thinking in earlier turns
/// @param systemRole what the system's messages are called
/// @param continuousUsage whether each chunk is to tell the usage so far, as vLLM can
public record RequestRules(
        Set<String> drop,
        SequencedMap<String, String> rename,
        SequencedMap<String, String> set,
        SequencedMap<String, String> defaults,
        OptionalInt maxTokens,
        History history,
        SystemRole systemRole,
        boolean continuousUsage) {

    /// Nothing but what every backend needs.
    public static final RequestRules NONE =
            new RequestRules(
                    Set.of(),
                    new LinkedHashMap<>(),
                    new LinkedHashMap<>(),
                    new LinkedHashMap<>(),
                    OptionalInt.empty(),
                    History.KEEP,
                    SystemRole.AS_IS,
                    false);

    public RequestRules {
        drop = Set.copyOf(drop);
        rename = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(rename));
        set = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(set));
        defaults = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(defaults));
    }

    /// Whether no parameter is touched.
    boolean leavesParameters() {
        return drop.isEmpty()
                && rename.isEmpty()
                && set.isEmpty()
                && defaults.isEmpty()
                && maxTokens.isEmpty();
    }

    /// What becomes of the thinking in the assistant's earlier turns.
    public enum History {
        /// It stays as the client sends it.
        KEEP,
        /// It goes: its fields, and `<think>` blocks that content begins with.
        STRIP,
        /// Each turn has it as `reasoning_content`, be it empty.
        ECHO
    }

    /// What the role of the system's messages is called.
    public enum SystemRole {
        /// As the client calls it.
        AS_IS,
        SYSTEM,
        DEVELOPER
    }
}
