package io.pointsman.policies;

import io.pointsman.policies.yaml.YamlMap;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// What a configuration says under `policies`: which names clients may use, and which way they go.
///
/// @param aliases other names for `auto` or a pool, in the file's order
/// @param policy the rules
public record Policies(SequencedMap<String, String> aliases, Policy policy) {

    /// The model name that leaves the choice to the policy.
    public static final String AUTO = "auto";

    public Policies {
        aliases = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(aliases));
    }

    /// Reads the map `policies`, which may refer to `pools`.
    public static Policies read(YamlMap map, Collection<String> pools) {
        return new PoliciesReader(pools).read(map);
    }
}
