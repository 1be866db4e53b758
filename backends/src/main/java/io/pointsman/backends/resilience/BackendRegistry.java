package io.pointsman.backends.resilience;

import io.pointsman.api.Candidate;
import io.pointsman.backends.Backend;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The configured backends by pool. Immutable; what it freezes changes all the time.
public final class BackendRegistry {

    private final List<Entry> entries;
    private final Map<String, GuardedBackend> byName = new LinkedHashMap<>();

    /// @param entries the members of every pool, in configuration order; one backend may be in
    ///   several pools
    /// @throws IllegalArgumentException if two different backends have one name
    public BackendRegistry(List<Entry> entries) {
        this.entries = List.copyOf(entries);
        for (var entry : entries) {
            var name = entry.backend().descriptor().name();
            var known = byName.putIfAbsent(name, entry.backend());
            if (known != null && known != entry.backend()) {
                throw new IllegalArgumentException("two backends are called '" + name + "'");
            }
        }
    }

    /// A member of a pool.
    public record Entry(String pool, GuardedBackend backend) {}

    /// Every backend of every pool in configuration order, with its load and health of this moment.
    public List<Candidate> candidates() {
        return entries.stream()
                .map(entry ->
                        new Candidate(
                                entry.pool(), entry.backend().descriptor(), entry.backend().load()))
                .toList();
    }

    /// The backend that the configuration calls `name`.
    public Optional<Backend> backend(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /// All backends, each once.
    public List<GuardedBackend> backends() {
        return List.copyOf(byName.values());
    }
}
