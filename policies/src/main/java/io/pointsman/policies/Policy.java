package io.pointsman.policies;

import io.pointsman.api.Candidate;
import io.pointsman.api.Classification;
import io.pointsman.api.RequestId;
import io.pointsman.api.Route;
import io.pointsman.api.RoutingContext;
import io.pointsman.api.RoutingPolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Rules, tried in order: the pool that the client chose, else that of the first rule that matches,
/// else the default. Of that pool, and then of each fallback pool, the candidates that can serve
/// the request are ranked by load, the least of two drawn by the request's id first; see
/// [PowerOfTwo]. Immutable.
///
/// @param defaultPool where a request goes that no rule matches
/// @param rules the first that matches wins
public record Policy(String defaultPool, List<Rule> rules) implements RoutingPolicy {

    /// The name that a route has for its rule where the client chose the pool.
    public static final String CLIENTS_CHOICE = "client's choice";

    /// The name that a route has for its rule where none matched.
    public static final String DEFAULT = "default";

    public Policy {
        rules = List.copyOf(rules);
    }

    @Override
    public Route route(RoutingContext context) {
        if (context.choice().isPresent()) {
            var pool = context.choice().get();
            return route(context, pool, CLIENTS_CHOICE, "client chose " + pool, List.of());
        }
        for (var rule : rules) {
            if (rule.matches(context)) {
                return route(
                        context, rule.pool(), rule.name(), rule.reason(context), rule.fallback());
            }
        }
        var reason = unmatched(context.classification()) + "; default " + defaultPool;
        return route(context, defaultPool, DEFAULT, reason, List.of());
    }

    /// The two pools between which the difficulty decides, as the first rule tells that looks at it
    /// and leads away from the default; empty where there is none.
    public Optional<PoolPair> pair() {
        return rules.stream()
                .filter(rule -> !rule.pool().equals(defaultPool))
                .flatMap(rule -> pair(rule).stream())
                .findFirst();
    }

    private Optional<PoolPair> pair(Rule rule) {
        if (rule.when().stream().anyMatch(DifficultyAtLeast.class::isInstance)) {
            return Optional.of(new PoolPair(defaultPool, rule.pool()));
        }
        return rule.when().stream().anyMatch(DifficultyBelow.class::isInstance)
                ? Optional.of(new PoolPair(rule.pool(), defaultPool))
                : Optional.empty();
    }

    private static Route route(
            RoutingContext context,
            String pool,
            String rule,
            String reason,
            List<String> fallback) {
        if (fallback.isEmpty()) {
            return route(context, pool, rule, reason, ranked(context, pool), fallback);
        }
        var ranked = new ArrayList<Candidate>();
        var backends = new HashSet<String>();
        add(ranked(context, pool), ranked, backends);
        for (var other : fallback) {
            add(ranked(context, other), ranked, backends);
        }
        return route(context, pool, rule, reason, ranked, fallback);
    }

    private static Route route(
            RoutingContext context,
            String pool,
            String rule,
            String reason,
            List<Candidate> ranked,
            List<String> fallback) {
        return ranked.isEmpty()
                ? new Route(pool, rule, reason, ranked, members(context, pool, fallback))
                : new Route(pool, rule, reason, ranked);
    }

    /// All of `pool` and its `fallback`, each backend once, whether or not it can serve.
    private static List<Candidate> members(
            RoutingContext context, String pool, List<String> fallback) {
        var backends = new HashSet<String>();
        return context.candidates().stream()
                .filter(it -> it.pool().equals(pool) || fallback.contains(it.pool()))
                .filter(it -> backends.add(it.backend().name()))
                .toList();
    }

    private static void add(List<Candidate> from, List<Candidate> to, HashSet<String> names) {
        for (var candidate : from) {
            if (names.add(candidate.backend().name())) {
                to.add(candidate);
            }
        }
    }

    private static List<Candidate> ranked(RoutingContext context, String pool) {
        var admitted = new ArrayList<Candidate>();
        for (var candidate : context.candidates()) {
            if (candidate.pool().equals(pool)
                    && Filter.AVAILABLE.admits(candidate, context.request())
                    && Filter.FITS_CONTEXT.admits(candidate, context.request())) {
                admitted.add(candidate);
            }
        }
        return PowerOfTwo.rank(admitted, seed(context.request().id(), pool));
    }

    /// Each pool draws anew, and each request always the same.
    private static long seed(RequestId id, String pool) {
        return ((long) id.value().hashCode() << 32) ^ pool.hashCode();
    }

    private String unmatched(Classification classification) {
        return switch (classification) {
            case Classification.Scored _ when rules.isEmpty() -> "no rule matched";
            case Classification.Scored scored -> "no rule matched " + words(scored);
            case Classification.Unknown(Classification.Cause cause) ->
                    switch (cause) {
                        case NO_TEXT -> "difficulty unknown (no text)";
                        case FAILED -> "difficulty unknown (the classifier failed)";
                        case NOT_ASKED -> "no rule matched";
                    };
        };
    }

    private static String words(Classification.Scored scored) {
        var difficulty = "difficulty " + Difficulty.words(scored.difficulty(), 0);
        return scored.doubt()
                .map(doubt ->
                        switch (doubt) {
                            case NOVEL -> difficulty + " of a novel kind of prompt";
                            case UNSURE -> difficulty + ", which is unsure";
                        })
                .orElse(difficulty);
    }
}
