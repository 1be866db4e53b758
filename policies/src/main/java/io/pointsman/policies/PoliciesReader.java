package io.pointsman.policies;

import io.pointsman.policies.yaml.YamlMap;
import io.pointsman.policies.yaml.YamlValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Reads `policies` and says what in it cannot be meant. Confined to the reading thread.
final class PoliciesReader {

    /// What providers call their models: `gpt-4o`, `llama3:8b`, `deepseek-ai/DeepSeek-R1`.
    private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}");

    private final Collection<String> pools;

    PoliciesReader(Collection<String> pools) {
        this.pools = pools;
    }

    Policies read(YamlMap map) {
        var defaultPool = map.required("default").flatMap(this::pool);
        var aliases = aliases(map);
        var rules = rules(map.items("rules"), aliases);
        return new Policies(aliases, new Policy(defaultPool.orElse(""), rules));
    }

    private SequencedMap<String, String> aliases(YamlMap map) {
        var aliases = new LinkedHashMap<String, String>();
        var targets = new ArrayList<String>();
        targets.add(Policies.AUTO);
        targets.addAll(pools);
        map.entries("aliases")
                .forEach((alias, value) -> {
                    checkAlias(alias, value);
                    reference(value, "pools, nor auto", targets)
                            .ifPresent(target -> aliases.put(alias, target));
                });
        return aliases;
    }

    private void checkAlias(String alias, YamlValue value) {
        if (alias.equals(Policies.AUTO) || alias.startsWith(Policies.AUTO + ':')) {
            value.keyProblem("is reserved: auto leaves the choice to the rules");
        } else if (pools.contains(alias)) {
            value.keyProblem("is the name of a pool already");
        } else if (!MODEL.matcher(alias).matches()) {
            value.keyProblem(
                    "is no name of a model: up to 128 of A-Z a-z 0-9 . _ : / - that begin with a"
                            + " letter or digit");
        }
    }

    private List<Rule> rules(List<YamlValue> items, SequencedMap<String, String> aliases) {
        var rules = new ArrayList<Rule>();
        var names = new HashSet<String>();
        for (var item : items) {
            var rule = item.map(map -> rule(map, aliases, names)).flatMap(Function.identity());
            rule.ifPresent(read -> {
                rules.stream()
                        .filter(earlier -> earlier.covers(read))
                        .findFirst()
                        .ifPresent(earlier -> item.problem(unreachable(read, earlier)));
                rules.add(read);
            });
        }
        return rules;
    }

    private static String unreachable(Rule rule, Rule earlier) {
        return "never matches: rule "
                + earlier.name()
                + " stands before "
                + rule.name()
                + " and matches "
                + (earlier.when().isEmpty() ? "every request" : "whatever it would match");
    }

    /// Empty where something was wrong that would make further checks of the rule guess.
    private Optional<Rule> rule(
            YamlMap map, SequencedMap<String, String> aliases, Set<String> names) {
        var name = map.required("name").flatMap(value -> ruleName(value, names));
        var when =
                map.map(
                        "when",
                        conditions -> new ConditionsReader(aliases, pools).read(conditions));
        var pool = map.required("route").flatMap(this::pool);
        var fallback = fallback(map.items("fallback"), pool);
        var readable =
                name.isPresent() && pool.isPresent() && (when.isPresent() || !map.has("when"));
        return readable
                ? Optional.of(
                        new Rule(
                                name.orElseThrow(),
                                when.orElse(List.of()),
                                pool.orElseThrow(),
                                fallback))
                : Optional.empty();
    }

    private static Optional<String> ruleName(YamlValue value, Set<String> names) {
        var name = value.name();
        name.ifPresent(read -> {
            if (read.equals(Policy.DEFAULT)) {
                value.problem("is reserved: default is what requests go by that no rule matches");
            } else if (!names.add(read)) {
                value.problem("is the name of an earlier rule already");
            }
        });
        return name;
    }

    private List<String> fallback(List<YamlValue> items, Optional<String> route) {
        var fallback = new ArrayList<String>();
        for (var item : items) {
            pool(item)
                    .ifPresent(pool -> {
                        if (route.filter(pool::equals).isPresent()) {
                            item.problem("is the pool that the rule routes to already");
                        } else if (fallback.contains(pool)) {
                            item.problem("stands in the list twice");
                        } else {
                            fallback.add(pool);
                        }
                    });
        }
        return fallback;
    }

    private Optional<String> pool(YamlValue value) {
        return reference(value, "pools", pools);
    }

    private static Optional<String> reference(
            YamlValue value, String things, Collection<String> known) {
        var name = value.text();
        name.filter(text -> !known.contains(text))
                .ifPresent(text -> value.unknown(text, things, known));
        return name.filter(known::contains);
    }
}
