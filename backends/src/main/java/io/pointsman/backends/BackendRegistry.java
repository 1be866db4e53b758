package io.pointsman.backends;

import io.pointsman.api.Candidate;
import io.pointsman.backends.resilience.GuardedBackend;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The backends of a configuration, by name and by pool. Immutable; their load is not.
public final class BackendRegistry implements AutoCloseable {

    private final Map<String, GuardedBackend> byName;
    private final Map<String, List<String>> pools;

    private BackendRegistry(Map<String, GuardedBackend> byName, Map<String, List<String>> pools) {
        this.byName = byName;
        this.pools = pools;
    }

    /// Guards each of `backends`, which are by name, and groups them into `pools`, which name them.
    public static BackendRegistry create(
            Map<String, List<String>> pools, Map<String, Backend> backends) {
        var guarded = new LinkedHashMap<String, GuardedBackend>();
        backends.forEach((name, backend) -> guarded.put(name, new GuardedBackend(backend)));
        return new BackendRegistry(guarded, new LinkedHashMap<>(pools));
    }

    /// Every backend of every pool in configuration order, with its load as it is now.
    public List<Candidate> candidates() {
        var candidates = new ArrayList<Candidate>();
        pools.forEach((pool, names) ->
                names.forEach(name -> {
                    var backend = backend(name);
                    candidates.add(new Candidate(pool, backend.descriptor(), backend.load()));
                }));
        return candidates;
    }

    /// The backend called `name`.
    ///
    /// @throws IllegalArgumentException if there is none
    public GuardedBackend backend(String name) {
        var backend = byName.get(name);
        if (backend == null) {
            throw new IllegalArgumentException("no backend is called " + name);
        }
        return backend;
    }

    @Override
    public void close() {
        byName.values().forEach(GuardedBackend::close);
    }
}
