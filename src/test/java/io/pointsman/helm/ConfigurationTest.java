package io.pointsman.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.gateway.config.GatewayConfig;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.policies.yaml.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the chart renders is a configuration that the gateway reads.
class ConfigurationTest {

    private static final Map<String, Object> KEYS = Map.of("existingSecret", "pointsman-keys");

    private static GatewayConfig read(RenderedChart chart) {
        return GatewayConfigLoader.parse(
                "/etc/pointsman/config/pointsman.yaml", chart.configuration());
    }

    private static Stream<Path> completeValues() throws IOException {
        return Chart.completeValues();
    }

    @Test
    void theDefaultsAreTheBundledModels() {
        var config = read(RenderedChart.of(Map.of("auth", KEYS)));
        var builtIn = GatewayConfigLoader.builtIn();

        assertThat(config.backends()).isEqualTo(builtIn.backends());
        assertThat(config.pools()).isEqualTo(builtIn.pools());
        assertThat(config.head()).isEqualTo(builtIn.head());
        assertThat(config.policies()).isEqualTo(builtIn.policies());
        assertThat(config.auth().keysFile()).contains(Path.of("/etc/pointsman/keys/keys"));
        assertThat(config.server().host()).contains("0.0.0.0");
    }

    @ParameterizedTest
    @MethodSource("completeValues")
    void theGatewayReadsWhatCompleteValuesRender(Path values) throws IOException {
        var config = read(RenderedChart.of(values));

        var given = Yaml.read(values).get("pools");
        assertThat(members(config))
                .isEqualTo(given == null ? members(GatewayConfigLoader.builtIn()) : given);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ollama", "openai-deepseek", "vllm"})
    void whatTheExamplesSayCanStandInValues(String name) throws IOException {
        var example = Yaml.read(Chart.ROOT.resolve("docs/examples/" + name + ".yaml"));
        example.keySet().retainAll(List.of("backends", "pools", "classifier", "policies"));
        example.put("auth", KEYS);
        example.put("envFrom", List.of(Map.of("secretRef", Map.of("name", "upstream"))));

        assertThat(members(read(RenderedChart.of(example)))).isEqualTo(example.get("pools"));
    }

    private static Map<String, List<String>> members(GatewayConfig config) {
        var members = new LinkedHashMap<String, List<String>>();
        config.pools().forEach((name, pool) -> members.put(name, pool.backends()));
        return members;
    }

    @Test
    void theWayToLearnGoesThrough() {
        var config =
                read(
                        RenderedChart.of(
                                Map.of(
                                        "auth", KEYS,
                                        "classifier",
                                                Map.of("memory", Map.of("file", "/data/o.log")),
                                        "learn", Map.of("evidence", false))));

        assertThat(config.memory().file()).contains(Path.of("/data/o.log"));
        assertThat(config.learn())
                .hasValueSatisfying(learn -> assertThat(learn.evidence()).isFalse());
    }

    /// The chart knows shapes only; what names what is the gateway's to say.
    @Test
    void whatTheSchemaCannotSeeTheGatewayRefuses() {
        var chart =
                RenderedChart.of(Map.of("auth", KEYS, "policies", Map.of("default", "nowhere")));

        assertThatThrownBy(() -> read(chart))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    void theChartsSchemaIsTheConfigurations() throws IOException {
        var chart = new Manifest(Yaml.read(Chart.FOLDER.resolve("values.schema.json")));
        var docs = new Manifest(Yaml.read(Chart.ROOT.resolve("docs/pointsman.schema.json")));

        for (var section : List.of("backends", "pools", "classifier", "learn", "ledger")) {
            var path = "properties/" + section;
            assertThat(chart.at(path)).as(path).isEqualTo(docs.at(path));
        }
        assertThat(chart.at("properties/policies/then")).isEqualTo(docs.at("properties/policies"));
        var tenants = "properties/auth/properties/tenants";
        assertThat(chart.at(tenants)).isEqualTo(docs.at(tenants));
        assertThat(chart.at("definitions")).isEqualTo(docs.at("definitions"));
    }
}
