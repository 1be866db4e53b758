package io.pointsman.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pointsman.api.RequestId;
import io.pointsman.api.Tenant;
import io.pointsman.api.wire.ChatRequestReader;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.config.SecretResolver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.netty.http.server.HttpServer;

class GuardsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void t29_a429CoolsOnlyTheKeyAndModelThatItCameFor() throws IOException {
        var server =
                HttpServer.create()
                        .host("127.0.0.1")
                        .port(0)
                        .handle((_, response) -> response.status(429).send())
                        .bindNow();
        var config =
                GatewayConfigLoader.parse(
                        "test.yaml",
                        """
                        backends:
                          one: {base-url: "http://127.0.0.1:PORT/v1", model: m, api-key: {env: A}, cooldown: 1h}
                          twin: {base-url: "http://127.0.0.1:PORT/v1", model: m, api-key: {env: A}}
                          other-key: {base-url: "http://127.0.0.1:PORT/v1", model: m, api-key: {env: B}}
                          other-model: {base-url: "http://127.0.0.1:PORT/v1", model: n, api-key: {env: A}}
                        pools: {fast: [one, twin, other-key, other-model]}
                        policies: {default: fast}
                        """
                                .replace("PORT", String.valueOf(server.port())));
        var secrets =
                new SecretResolver(
                        Map.of("A", "key-a", "B", "key-b"),
                        path -> {
                            throw new IOException(path.toString());
                        });
        try (var backends = Backends.start(config, secrets)) {
            var registry = new SimpleMeterRegistry();
            new BackendMeters(registry, backends.registry(), backends.upkeep().orElseThrow())
                    .start();

            backends.registry()
                    .backend("one")
                    .orElseThrow()
                    .chat(
                            ChatRequestReader.read(
                                    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
                                            .getBytes(UTF_8),
                                    new RequestId("r1"),
                                    Tenant.ANONYMOUS))
                    .onErrorComplete()
                    .blockLast(PATIENCE);

            assertThat(available(backends)).containsExactly("other-key", "other-model");
            assertThat(
                            registry.get("pointsman.backend.cooling")
                                    .tag("backend", "twin")
                                    .gauge()
                                    .value())
                    .isEqualTo(1);
            assertThat(
                            registry.get("pointsman.backend.breaker")
                                    .tag("backend", "one")
                                    .tag("state", "closed")
                                    .gauge()
                                    .value())
                    .isEqualTo(1);
        } finally {
            server.disposeNow();
        }
    }

    private static List<String> available(Backends backends) {
        var names = new ArrayList<String>();
        for (var candidate : backends.registry().candidates()) {
            if (candidate.load().available()) {
                names.add(candidate.backend().name());
            }
        }
        return names;
    }
}
