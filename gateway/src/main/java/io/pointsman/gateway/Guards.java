package io.pointsman.gateway;

import io.pointsman.backends.Backend;
import io.pointsman.backends.resilience.BreakerSettings;
import io.pointsman.backends.resilience.Cooldown;
import io.pointsman.backends.resilience.Guard;
import io.pointsman.backends.resilience.GuardedBackend;
import io.pointsman.gateway.config.BackendConfig;
import io.pointsman.gateway.config.Protection;
import io.pointsman.gateway.config.SecretRef;
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Guards servers as their configuration says. Those that are called with one key share the
/// cooldown of its quota. Thread-safe.
final class Guards {

    private final Map<Quota, Cooldown> cooldowns = new ConcurrentHashMap<>();
    private final Clock clock;

    Guards(Clock clock) {
        this.clock = clock;
    }

    /// What a 429 is about: one model of one server, called with one key.
    private record Quota(URI baseUrl, String model, Optional<Object> key) {}

    /// Guards `backend`, which is at `baseUrl` and which `config` describes.
    GuardedBackend guard(Backend backend, URI baseUrl, BackendConfig.OpenAi config) {
        var protection = config.protection();
        var quota = new Quota(baseUrl, config.model(), config.apiKey().map(Guards::place));
        var cooldown =
                cooldowns.computeIfAbsent(quota, _ -> new Cooldown(protection.cooldown(), clock));
        var guard =
                new Guard(
                        breaker(protection.breaker()),
                        protection.maxInFlight(),
                        protection.requestsPerSecond(),
                        Optional.of(cooldown));
        return new GuardedBackend(backend, guard, clock);
    }

    /// Where a key is, wherever the configuration says so.
    private static Object place(SecretRef key) {
        return switch (key) {
            case SecretRef.Env(var variable, _) -> variable;
            case SecretRef.FromFile(var file, _) -> file;
        };
    }

    private static BreakerSettings breaker(Protection.Breaker breaker) {
        return new BreakerSettings(
                breaker.window(),
                breaker.minimumCalls(),
                (float) (100 * breaker.failureRate()),
                breaker.openFor(),
                breaker.trialCalls());
    }
}
