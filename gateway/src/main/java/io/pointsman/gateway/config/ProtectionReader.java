package io.pointsman.gateway.config;

import io.pointsman.policies.yaml.YamlMap;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads what protects a backend from the keys beside its `base-url`. Confined to the reading
/// thread.
final class ProtectionReader {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int MANY = 1_000_000;

    private ProtectionReader() {}

    static Protection read(YamlMap map) {
        return new Protection(
                map.duration("between-tokens-timeout", SHORTEST, LONGEST)
                        .orElse(Defaults.BETWEEN_TOKENS_TIMEOUT),
                map.map("breaker", ProtectionReader::breaker).orElse(Protection.Breaker.DEFAULT),
                some(map.integer("max-in-flight", 1, MANY)),
                some(map.integer("requests-per-second", 1, MANY)),
                map.decimal("retry-budget", BigDecimal.ZERO, BigDecimal.ONE)
                        .map(BigDecimal::doubleValue)
                        .orElse(Defaults.RETRY_BUDGET),
                map.duration("cooldown", SHORTEST, LONGEST).orElse(Defaults.COOLDOWN));
    }

    private static Protection.Breaker breaker(YamlMap map) {
        return new Protection.Breaker(
                map.integer("window", 1, 10_000).orElse(Defaults.BREAKER_WINDOW),
                map.integer("minimum-calls", 1, 10_000).orElse(Defaults.BREAKER_MINIMUM_CALLS),
                map.decimal("failure-rate", new BigDecimal("0.01"), BigDecimal.ONE)
                        .map(BigDecimal::doubleValue)
                        .orElse(Defaults.BREAKER_FAILURE_RATE),
                map.duration("open-for", SHORTEST, LONGEST).orElse(Defaults.BREAKER_OPEN_FOR),
                map.integer("trial-calls", 1, 1000).orElse(Defaults.BREAKER_TRIAL_CALLS));
    }

    private static OptionalInt some(Optional<Integer> value) {
        return value.map(OptionalInt::of).orElse(OptionalInt.empty());
    }
}
