package io.pointsman.policies;

import io.pointsman.policies.yaml.YamlMap;
import io.pointsman.policies.yaml.YamlValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Reads what stands under a rule's `when`. Confined to the reading thread.
final class ConditionsReader {

    private final Map<String, String> aliases;
    private final Collection<String> pools;

    ConditionsReader(Map<String, String> aliases, Collection<String> pools) {
        this.aliases = aliases;
        this.pools = pools;
    }

    List<Condition> read(YamlMap map) {
        var conditions = new ArrayList<Condition>();
        var least = difficulty(map, "difficulty-at-least");
        var below = difficulty(map, "difficulty-below");
        refuseEmpty(map, "difficulty", least, below);
        least.map(Condition::difficultyAtLeast).ifPresent(conditions::add);
        below.map(Condition::difficultyBelow).ifPresent(conditions::add);

        names(map, "tenants", YamlValue::name).map(Condition::tenantIn).ifPresent(conditions::add);
        names(map, "models", this::model).map(Condition::modelIn).ifPresent(conditions::add);

        var leastTokens = map.integer("prompt-tokens-at-least", 1, Integer.MAX_VALUE);
        var tokensBelow = map.integer("prompt-tokens-below", 1, Integer.MAX_VALUE);
        refuseEmpty(map, "prompt-tokens", leastTokens, tokensBelow);
        leastTokens.map(Condition::promptTokensAtLeast).ifPresent(conditions::add);
        tokensBelow.map(Condition::promptTokensBelow).ifPresent(conditions::add);

        map.flag("tools").map(Condition::tools).ifPresent(conditions::add);
        map.flag("images").map(Condition::images).ifPresent(conditions::add);
        map.flag("structured").map(Condition::structured).ifPresent(conditions::add);
        names(map, "reasoning-effort", YamlValue::name)
                .map(Condition::reasoningEffortIn)
                .ifPresent(conditions::add);
        return conditions;
    }

    private static Optional<Double> difficulty(YamlMap map, String key) {
        return map.decimal(key, BigDecimal.ZERO, BigDecimal.ONE).map(BigDecimal::doubleValue);
    }

    private static <T extends Comparable<T>> void refuseEmpty(
            YamlMap map, String range, Optional<T> least, Optional<T> below) {
        if (least.isPresent() && below.isPresent() && least.get().compareTo(below.get()) >= 0) {
            map.value(range + "-at-least")
                    .ifPresent(value ->
                            value.problem(
                                    "must be less than "
                                            + range
                                            + "-below, or the rule never matches"));
        }
    }

    private static Optional<List<String>> names(
            YamlMap map, String key, Function<YamlValue, Optional<String>> reader) {
        return map.value(key)
                .map(value -> {
                    var items = value.items();
                    if (value.isList() && items.isEmpty()) {
                        value.problem("is empty, so that the rule never matches");
                    }
                    return items.stream().map(reader).flatMap(Optional::stream).toList();
                });
    }

    private Optional<String> model(YamlValue value) {
        var name = value.text();
        name.ifPresent(model -> {
            var target = aliases.getOrDefault(model, model);
            if (pools.contains(target)) {
                value.problem(
                        "names the pool " + target + ", and who names a pool bypasses the rules");
            } else if (!target.equals(Policies.AUTO)) {
                value.unknown(model, "models that rules see", auto());
            }
        });
        return name;
    }

    private List<String> auto() {
        var names = new ArrayList<String>();
        names.add(Policies.AUTO);
        aliases.forEach((alias, target) -> {
            if (target.equals(Policies.AUTO)) {
                names.add(alias);
            }
        });
        return names;
    }
}
