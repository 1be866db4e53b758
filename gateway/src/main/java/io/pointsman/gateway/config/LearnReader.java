package io.pointsman.gateway.config;

import io.pointsman.gateway.config.LearnConfig.Comparison;
import io.pointsman.policies.Policies;
import io.pointsman.policies.PoolPair;
import io.pointsman.policies.yaml.YamlMap;
import io.pointsman.policies.yaml.YamlValue;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// Reads `learn`. Confined to the reading thread.
final class LearnReader {

    private static final BigDecimal MAX_COST = BigDecimal.valueOf(1_000_000);

    private final Map<String, BackendConfig> backends;
    private final SequencedMap<String, PoolConfig> pools;
    private final Policies policies;

    LearnReader(
            Map<String, BackendConfig> backends,
            SequencedMap<String, PoolConfig> pools,
            Policies policies) {
        this.backends = backends;
        this.pools = pools;
        this.policies = policies;
    }

    /// Empty where nothing is said and the policy does not tell the pair.
    Optional<LearnConfig> read(YamlMap top) {
        var learn = top.value("learn");
        return learn.isPresent()
                ? learn.get().map(map -> read(learn.get(), map)).flatMap(it -> it)
                : policies.policy().pair().map(LearnConfig::of);
    }

    private Optional<LearnConfig> read(YamlValue value, YamlMap map) {
        var pair = pair(value, map);
        var feedback = map.flag("feedback").orElse(Defaults.FEEDBACK);
        var evidence = map.flag("evidence").orElse(Defaults.EVIDENCE);
        var comparison = map.value("comparison").flatMap(it -> comparison(it, pair));
        return pair.map(pools -> new LearnConfig(pools, feedback, evidence, comparison));
    }

    private Optional<PoolPair> pair(YamlValue value, YamlMap map) {
        var derived = policies.policy().pair();
        var fast = map.value("fast").flatMap(this::pool);
        var reasoner = map.value("reasoner").flatMap(this::pool);
        var named = map.has("fast") && map.has("reasoner");
        if (derived.isEmpty() && !named && !policies.policy().defaultPool().isEmpty()) {
            value.problem(
                    "must name the pools fast and reasoner: no rule with difficulty-at-least or"
                            + " difficulty-below tells which they are");
        }
        var one = map.has("fast") ? fast : derived.map(PoolPair::fast);
        var other = map.has("reasoner") ? reasoner : derived.map(PoolPair::reasoner);
        if (one.isPresent() && one.equals(other)) {
            value.problem("needs two pools, but fast and reasoner are both " + one.get());
            return Optional.empty();
        }
        return one.flatMap(easy -> other.map(hard -> new PoolPair(easy, hard)));
    }

    private Optional<String> pool(YamlValue value) {
        var name = value.text();
        name.filter(text -> !pools.containsKey(text))
                .ifPresent(text -> value.unknown(text, "pools", pools.keySet()));
        return name.filter(pools::containsKey);
    }

    /// Empty where it is off.
    private Optional<Comparison> comparison(YamlValue value, Optional<PoolPair> pair) {
        return value.map(
                        map -> {
                            var share = map.decimal("share", BigDecimal.ZERO, BigDecimal.ONE);
                            var on = share.filter(it -> it.signum() > 0).isPresent();
                            var cost =
                                    (on
                                                    ? map.required("max-cost-per-day")
                                                    : map.value("max-cost-per-day"))
                                            .flatMap(it -> it.decimal(BigDecimal.ZERO, MAX_COST));
                            var judge = map.value("judge").flatMap(this::pool);
                            if (on) {
                                refuseUnpriced(value, pair, judge);
                            }
                            return share.filter(_ -> on)
                                    .flatMap(it ->
                                            cost.map(max ->
                                                    new Comparison(it.doubleValue(), max, judge)));
                        })
                .flatMap(it -> it);
    }

    private void refuseUnpriced(YamlValue value, Optional<PoolPair> pair, Optional<String> judge) {
        Stream.concat(
                        pair.stream().flatMap(it -> Stream.of(it.fast(), it.reasoner())),
                        judge.stream())
                .distinct()
                .forEach(pool ->
                        Stream.ofNullable(pools.get(pool))
                                .flatMap(it -> it.backends().stream())
                                .flatMap(name -> Stream.ofNullable(backends.get(name)))
                                .filter(backend -> backend.price().isEmpty())
                                .forEach(backend -> value.problem(unpriced(backend.name(), pool))));
    }

    private static String unpriced(String backend, String pool) {
        return "cannot keep to max-cost-per-day: backend "
                + backend
                + " of pool "
                + pool
                + " has no price; add price: {prompt: ..., completion: ...} to it";
    }
}
