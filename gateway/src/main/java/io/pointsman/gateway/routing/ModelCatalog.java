package io.pointsman.gateway.routing;

import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.Tenant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The names that clients may ask for: `auto`, every pool, `auto:POOL`, and the aliases of the
/// configuration. Immutable.
public final class ModelCatalog {

    /// The model that leaves the choice to the classifier and the policy.
    public static final String AUTO = "auto";

    private static final String PREFIX = AUTO + ":";

    private final Map<String, Integer> contextLengths;
    private final Map<String, String> aliases;

    /// @param contextLengths the longest context of each pool, in configuration order
    /// @param aliases other names, each for `auto` or a pool
    public ModelCatalog(Map<String, Integer> contextLengths, Map<String, String> aliases) {
        this.contextLengths = new LinkedHashMap<>(contextLengths);
        this.aliases = new LinkedHashMap<>(aliases);
    }

    /// One name that clients may ask for, and how long its prompts may be, in tokens.
    public record Entry(String id, int contextLength) {}

    /// All names, `auto` first.
    public List<Entry> entries() {
        var entries = new ArrayList<Entry>();
        entries.add(new Entry(AUTO, contextLength(AUTO)));
        contextLengths.forEach((pool, length) -> entries.add(new Entry(pool, length)));
        contextLengths.forEach((pool, length) -> entries.add(new Entry(PREFIX + pool, length)));
        aliases.forEach((alias, target) -> entries.add(new Entry(alias, contextLength(target))));
        return entries;
    }

    /// The pool that a client chooses by the model `name` and the route `header`; empty where it
    /// leaves the choice open.
    ///
    /// @throws FailureException if there is no such name, or the tenant may not choose
    public Optional<String> choice(String name, Optional<String> header, Tenant tenant) {
        var byName = resolve(name, "model");
        var choice = header.isEmpty() ? byName : resolve(header.get(), FactHeader.ROUTE.key());
        if (choice.isPresent() && !tenant.mayChooseRoute()) {
            throw new FailureException(
                    new Failure.Forbidden("this key may not choose a route: ask for model `auto`"));
        }
        return choice;
    }

    private Optional<String> resolve(String name, String where) {
        var target = aliases.getOrDefault(name, name);
        if (target.equals(AUTO)) {
            return Optional.empty();
        }
        var pool = target.startsWith(PREFIX) ? target.substring(PREFIX.length()) : target;
        if (!contextLengths.containsKey(pool)) {
            throw new FailureException(
                    new Failure.UnknownModel(
                            "no such "
                                    + (where.equals("model") ? "model" : "route in " + where)
                                    + "; ask for one of "
                                    + names()));
        }
        return Optional.of(pool);
    }

    private String names() {
        var names = new ArrayList<String>();
        names.add(AUTO);
        names.addAll(contextLengths.keySet());
        names.addAll(aliases.keySet());
        return String.join(", ", names);
    }

    private int contextLength(String target) {
        var pool = target.startsWith(PREFIX) ? target.substring(PREFIX.length()) : target;
        var own = contextLengths.get(pool);
        return own != null
                ? own
                : contextLengths.values().stream().mapToInt(length -> length).max().orElse(0);
    }
}
