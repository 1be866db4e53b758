package io.pointsman.gateway.config;

import io.pointsman.api.Price;
import io.pointsman.classifier.memory.MemorySettings;
import io.pointsman.policies.Policy;
import io.pointsman.policies.Rule;
import io.pointsman.policies.yaml.YamlValue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A configuration on one screen, for people.
public final class ConfigSummary {

    private static final String NO_PAIR = "no rule tells which pool is fast and which the reasoner";

    private ConfigSummary() {}

    /// The backends, pools, rules and names of `config`, a line each, without a line end after the
    /// last.
    public static String of(GatewayConfig config) {
        var lines = new ArrayList<String>();
        lines.add("backends");
        config.backends().values().forEach(backend -> lines.add(line(backend)));
        lines.add("pools");
        config.pools()
                .forEach((name, pool) ->
                        lines.add(
                                line(
                                        name,
                                        String.join(", ", pool.backends())
                                                + settings(pool.attempts()))));
        lines.add("classifier");
        lines.add(line("head", words(config.head())));
        lines.add(line("memory", words(config.memory())));
        lines.add("learning");
        config.learn()
                .ifPresentOrElse(learn -> add(lines, learn), () -> lines.add(line("off", NO_PAIR)));
        lines.add("ledger");
        add(lines, config.ledger());
        lines.add("rules");
        lines.add(line(Policy.CLIENTS_CHOICE, "model names a pool -> that pool"));
        config.policies()
                .policy()
                .rules()
                .forEach(rule -> lines.add(line(rule.name(), words(rule))));
        lines.add(line(Policy.DEFAULT, "-> " + config.policies().policy().defaultPool()));
        if (!config.policies().aliases().isEmpty()) {
            lines.add("aliases");
            config.policies().aliases().forEach((alias, target) -> lines.add(line(alias, target)));
        }
        return String.join("\n", lines);
    }

    private static String line(String name, String words) {
        return "  %-16s %s".formatted(name, words);
    }

    private static String line(BackendConfig backend) {
        var words =
                switch (backend) {
                    case BackendConfig.OpenAi it ->
                            "%s at %s, %d tokens, %s"
                                    .formatted(
                                            it.model(),
                                            place(it),
                                            it.contextLength(),
                                            it.apiKey()
                                                    .map(ref -> "key from " + words(ref))
                                                    .orElse("no key"));
                    case BackendConfig.Embedded it ->
                            "bundled model " + it.model().name().toLowerCase(Locale.ROOT);
                };
        return line(
                backend.name(),
                words
                        + ", "
                        + backend.price().map(ConfigSummary::words).orElse("no price")
                        + (backend instanceof BackendConfig.OpenAi it ? settings(it) : ""));
    }

    /// What the file says of deadlines and limits, where that is not the default.
    private static String settings(BackendConfig.OpenAi backend) {
        var all = new ArrayList<String>();
        var set = backend.protection();
        var unset = Protection.DEFAULT;
        add(all, "connect-timeout", backend.connectTimeout(), Defaults.CONNECT_TIMEOUT);
        add(all, "first-token-timeout", backend.firstTokenTimeout(), Defaults.FIRST_TOKEN_TIMEOUT);
        add(
                all,
                "between-tokens-timeout",
                set.betweenTokensTimeout(),
                unset.betweenTokensTimeout());
        set.maxInFlight().ifPresent(calls -> all.add("max-in-flight " + calls));
        set.requestsPerSecond().ifPresent(calls -> all.add("requests-per-second " + calls));
        add(all, "retry-budget", set.retryBudget(), unset.retryBudget());
        add(all, "cooldown", set.cooldown(), unset.cooldown());
        var breaker = set.breaker();
        add(all, "breaker.window", breaker.window(), unset.breaker().window());
        add(all, "breaker.minimum-calls", breaker.minimumCalls(), unset.breaker().minimumCalls());
        add(all, "breaker.failure-rate", breaker.failureRate(), unset.breaker().failureRate());
        add(all, "breaker.open-for", breaker.openFor(), unset.breaker().openFor());
        add(all, "breaker.trial-calls", breaker.trialCalls(), unset.breaker().trialCalls());
        return joined(all);
    }

    private static String settings(Attempts set) {
        var all = new ArrayList<String>();
        var unset = Attempts.DEFAULT;
        set.connectTimeout().ifPresent(time -> all.add("connect-timeout " + YamlValue.words(time)));
        set.firstTokenTimeout()
                .ifPresent(time -> all.add("first-token-timeout " + YamlValue.words(time)));
        set.betweenTokensTimeout()
                .ifPresent(time -> all.add("between-tokens-timeout " + YamlValue.words(time)));
        add(all, "total-timeout", set.totalTimeout(), unset.totalTimeout());
        add(all, "max-attempts", set.maxAttempts(), unset.maxAttempts());
        add(all, "retry-within", set.retryWithin(), unset.retryWithin());
        add(all, "retry-backoff", set.retryBackoff(), unset.retryBackoff());
        add(all, "max-retry-wait", set.maxRetryWait(), unset.maxRetryWait());
        set.hedge()
                .ifPresent(hedge ->
                        all.add(
                                "hedge after %s, share %s"
                                        .formatted(YamlValue.words(hedge.after()), hedge.share())));
        return joined(all);
    }

    private static void add(List<String> all, String key, Object set, Object unset) {
        if (!set.equals(unset)) {
            all.add(key + " " + value(set));
        }
    }

    private static String value(Object value) {
        return value instanceof Duration time ? YamlValue.words(time) : value.toString();
    }

    private static String joined(List<String> all) {
        return all.isEmpty() ? "" : "; " + String.join(", ", all);
    }

    private static String place(BackendConfig.OpenAi backend) {
        var where =
                switch (backend.placement().replicas()) {
                    case Placement.Replicas.One() -> backend.baseUrl().toString();
                    case Placement.Replicas.Listed(var urls) ->
                            urls.stream()
                                    .map(Object::toString)
                                    .collect(Collectors.joining(" and "));
                    case Placement.Replicas.ByDns(var refresh) ->
                            "every address of %s, looked up each %s"
                                    .formatted(backend.baseUrl(), YamlValue.words(refresh));
                    case Placement.Replicas.InFile(var file, var refresh) ->
                            "the addresses in %s, read each %s"
                                    .formatted(file, YamlValue.words(refresh));
                };
        return where
                + backend.placement()
                        .engine()
                        .map(engine ->
                                " ("
                                        + engine.name().toLowerCase(Locale.ROOT).replace('_', '-')
                                        + ")")
                        .orElse("");
    }

    private static String words(SecretRef ref) {
        return switch (ref) {
            case SecretRef.Env(var variable, _) -> "$" + variable;
            case SecretRef.FromFile(var file, _) -> file.toString();
        };
    }

    private static String words(Price price) {
        return "$%s / $%s / $%s per million prompt / cached / completion tokens"
                .formatted(
                        price.prompt().toPlainString(),
                        price.cachedPrompt().toPlainString(),
                        price.completion().toPlainString());
    }

    private static String words(Head head) {
        return switch (head) {
            case Head.Generic() -> "generic";
            case Head.Embedded() -> "embedded";
            case Head.FromFile(var file) -> file.toString();
        };
    }

    private static String words(MemorySettings memory) {
        return "%d outcomes in %s, half-life %s, %s"
                .formatted(
                        memory.capacity(),
                        memory.file()
                                .map(Path::toString)
                                .orElse("$" + GatewayConfig.DATA_VARIABLE + " where set"),
                        YamlValue.words(memory.halfLife()),
                        switch (memory.sharing()) {
                            case TENANT -> "each tenant's for itself";
                            case ALL -> "shared by all tenants";
                        });
    }

    private static void add(List<String> lines, LearnConfig learn) {
        lines.add(line("pair", learn.pair().fast() + " or " + learn.pair().reasoner()));
        lines.add(line("feedback", learn.feedback() ? "on" : "off"));
        lines.add(line("evidence", learn.evidence() ? "on" : "off"));
        lines.add(line("comparison", learn.comparison().map(ConfigSummary::words).orElse("off")));
    }

    private static void add(List<String> lines, LedgerConfig ledger) {
        lines.add(
                line(
                        "records",
                        "in %s, %s and %s at most, %s"
                                .formatted(
                                        ledger.folder()
                                                .map(Path::toString)
                                                .orElse(
                                                        "$"
                                                                + GatewayConfig.DATA_VARIABLE
                                                                + " where set"),
                                        YamlValue.words(ledger.retention()),
                                        bytes(ledger.maxSize()),
                                        ledger.sync().isZero()
                                                ? "always synced"
                                                : "synced each "
                                                        + YamlValue.words(ledger.sync()))));
        lines.add(
                line(
                        "when full",
                        switch (ledger.whenFull()) {
                            case COUNT -> "count what is lost";
                            case REFUSE -> "refuse requests";
                        }));
        ledger.postgres().ifPresent(to -> lines.add(line("postgres", to.url())));
    }

    private static String bytes(long size) {
        return size % (1L << 30) == 0
                ? (size >> 30) + " GiB"
                : size % (1L << 20) == 0 ? (size >> 20) + " MiB" : size + " bytes";
    }

    private static String words(LearnConfig.Comparison comparison) {
        return "at most %s of auto, at most $%s a day, %s"
                .formatted(
                        comparison.share(),
                        comparison.maxCostPerDay().toPlainString(),
                        comparison.judge().map(pool -> "judged by " + pool).orElse("no judge"));
    }

    private static String words(Rule rule) {
        var when =
                rule.when().isEmpty()
                        ? "every request"
                        : rule.when().stream()
                                .map(Object::toString)
                                .collect(Collectors.joining(" and "));
        return when + " -> " + rule.pool() + fallback(rule.fallback());
    }

    private static String fallback(List<String> pools) {
        return pools.isEmpty() ? "" : ", else " + String.join(", else ", pools);
    }
}
