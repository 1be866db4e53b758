package io.pointsman.system;

import static io.pointsman.system.RunningGateway.assertError;
import static io.pointsman.system.RunningGateway.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.backends.FakeUpstream;
import io.pointsman.gateway.admission.KeyHash;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.config.SecretResolver;
import io.pointsman.helm.RenderedChart;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the chart puts into its ConfigMap starts the real gateway.
@Timeout(60)
class RenderedConfigurationTest {

    private static final Map<String, Object> AUTH = Map.of("existingSecret", "pointsman-keys");
    private static final String KEY = KeyHash.newKey();

    /// The Secrets as the chart mounts them.
    private static final SecretResolver SECRETS =
            new SecretResolver(Map.of(), _ -> "team-a:" + KeyHash.of(KEY));

    @Test
    void startsTheGatewayWithServersOfOnesOwn() throws Exception {
        try (var upstream = FakeUpstream.start().answers(Answers.PLAIN)) {
            var backend = Map.of("base-url", upstream.baseUrl().toString(), "model", "m");
            var chart =
                    RenderedChart.of(
                            Map.of(
                                    "auth", AUTH,
                                    "backends", Map.of("small", backend, "deep", backend),
                                    "pools",
                                            Map.of(
                                                    "fast", List.of("small"),
                                                    "reasoner", List.of("deep")),
                                    "policies", Map.of("default", "fast")));
            try (var gateway = start(chart)) {
                assertListsModelsForKeys(gateway);
                var answer =
                        gateway.send(
                                gateway.request("/chat/completions")
                                        .header("Authorization", "Bearer " + KEY)
                                        .POST(
                                                BodyPublishers.ofString(
                                                        RunningGateway.body("auto", "Hello", ""))));
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            }
        }
    }

    @Test
    void startsTheGatewayWithTheBundledModels() throws Exception {
        try (var gateway = start(RenderedChart.of(Map.of("auth", AUTH)))) {
            assertListsModelsForKeys(gateway);
        }
    }

    private static void assertListsModelsForKeys(RunningGateway gateway) throws Exception {
        assertError(gateway.send(gateway.request("/models")), 401, "invalid_api_key");
        var models =
                json(
                        gateway.send(
                                gateway.request("/models")
                                        .header("Authorization", "Bearer " + KEY)));
        assertThat(models.at("/data").valueStream().map(model -> model.at("/id").asString()))
                .contains("auto", "fast", "reasoner");
    }

    /// Starts on ports that are free rather than the pod's.
    private static RunningGateway start(RenderedChart chart) {
        var text = chart.configuration().replaceAll("port: \\d+", "port: 0");
        return RunningGateway.start(
                GatewayConfigLoader.parse("/etc/pointsman/config/pointsman.yaml", text), SECRETS);
    }
}
