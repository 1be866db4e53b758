package io.pointsman.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pointsman.backends.balance.Engine;
import io.pointsman.gateway.config.Placement.Probe;
import io.pointsman.gateway.config.Placement.Replicas;
import io.pointsman.policies.yaml.ConfigException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacementReaderTest {

    private static final String AT = "base-url: \"http://r1:8000/v1\"";

    @Test
    void isOneReplicaOfAnythingByDefault() {
        assertThat(placement(AT))
                .isEqualTo(
                        new Placement(
                                new Replicas.One(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()))
                .isEqualTo(Placement.DEFAULT);
    }

    @Test
    void takesTheFirstOfAListForTheBaseUrl() {
        var backend = backend("base-urls: [\"http://a:1/v1/\", \"https://b/v1\"]");

        assertThat(backend.baseUrl()).isEqualTo(URI.create("http://a:1/v1"));
        assertThat(backend.placement().replicas())
                .isEqualTo(
                        new Replicas.Listed(
                                List.of(URI.create("http://a:1/v1"), URI.create("https://b/v1"))));
    }

    @Test
    void findsByDnsOrInAFile() {
        assertThat(placement(AT + ", discovery: dns").replicas())
                .isEqualTo(placement(AT + ", discovery: {dns: true}").replicas())
                .isEqualTo(new Replicas.ByDns(Duration.ofSeconds(10)));
        assertThat(placement(AT + ", discovery: {dns: true, refresh: 1m}").replicas())
                .isEqualTo(new Replicas.ByDns(Duration.ofMinutes(1)));
        assertThat(placement(AT + ", discovery: {file: replicas.txt}").replicas())
                .isEqualTo(
                        new Replicas.InFile(Path.of("/etc/replicas.txt"), Duration.ofSeconds(5)));
        assertThat(placement(AT + ", discovery: {file: /r, refresh: 1s}").replicas())
                .isEqualTo(new Replicas.InFile(Path.of("/r"), Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @CsvSource({
        "vllm, VLLM, /health, /metrics",
        "sglang, SGLANG, /v1/models, /metrics",
        "pointsman, POINTSMAN, /health, /metrics",
        "llama-cpp, LLAMA_CPP, /health,"
    })
    void knowsWhatPagesAnEngineHas(String name, Engine engine, String probe, String metrics) {
        assertThat(placement(AT + ", engine: " + name))
                .isEqualTo(
                        new Placement(
                                new Replicas.One(),
                                Optional.of(engine),
                                Optional.of(new Probe(probe, Duration.ofSeconds(5))),
                                Optional.ofNullable(metrics)));
    }

    @Test
    void looksWhereItIsTold() {
        var placement =
                placement(
                        AT
                                + ", engine: vllm, probe: {path: /live, every: 30s}, metrics-path: /stats");

        assertThat(placement.probe()).contains(new Probe("/live", Duration.ofSeconds(30)));
        assertThat(placement.metricsPath()).contains("/stats");
        assertThat(placement(AT + ", engine: vllm, probe: {every: 1s}").probe())
                .contains(new Probe("/health", Duration.ofSeconds(1)));
        assertThat(placement(AT + ", probe: {path: /live}").probe())
                .contains(new Probe("/live", Duration.ofSeconds(5)));
    }

    @ParameterizedTest
    @CsvSource({"off", "false"})
    void t57_probesNothingWhereThatIsOff(String off) {
        assertThat(placement(AT + ", engine: vllm, probe: " + off).probe()).isEmpty();
    }

    @Test
    void t57_probesNoServiceByItself() {
        assertThat(placement(AT).probe()).isEmpty();
        assertThat(placement(AT).metricsPath()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "base-urls: [] | base-urls is empty: a backend is at one URL at least",
                "'base-urls: [\"http://a/v1\", \"http://A:80/v2\"]' | base-urls[1] names the same host and"
                        + " port as another",
                "'base-urls: [\"http://a/v1\"], base-url: \"http://b/v1\"' | base-url does not go with"
                        + " base-urls",
                "'base-urls: [\"http://a/v1\"], discovery: dns' | discovery does not go with base-urls",
                "'base-urls: [\"ftp://a\"]' | base-urls[0] must be a URL that begins with http:// or"
                        + " https://, such as https://api.openai.com/v1",
                "discovery: dns | base-url is missing",
                "discovery: dnss | discovery must be dns, or a map with dns: true or file: PATH",
                "'discovery: {}' | discovery must be either {dns: true} or {file: PATH}",
                "'discovery: {dns: true, file: f}' | discovery must be either {dns: true} or {file: PATH}",
                "'discovery: {dns: true, refresh: 1ms}' | discovery.refresh must be a duration from 1s to"
                        + " 1h such as 500ms, 30s, 5m or 1h, not \"1ms\"",
                "'discovery: dns, proxy: \"http://p:1\"' | discovery by dns does not go with a proxy, which"
                        + " looks names up itself",
                "engine: vlm | engine says \"vlm\", which is none of the values allowed here; did you mean"
                        + " vllm?",
                "probe: on | probe must be off, or a map with path and every",
                "'probe: {every: 5s}' | probe.path is missing",
                "'probe: {path: health}' | probe.path must be a path from the server's root such as /health",
                "'probe: {path: /h, evry: 5s}' | probe.evry is not a known key; did you mean every?",
                "metrics-path: 'http://x' | metrics-path must be a path from the server's root such as"
                        + " /health"
            })
    void refuses(String keys, String problem) {
        var thrown = catchThrowableOfType(ConfigException.class, () -> backend(keys));

        assertThat(thrown.problems())
                .extracting(it -> it.at().path() + " " + it.what())
                .contains("backends.r1." + problem);
    }

    @Test
    void isSummedUp() {
        var summary =
                ConfigSummary.of(
                        GatewayConfigLoader.parse(
                                "pointsman.yaml",
                                """
                                backends:
                                  a: {base-url: "http://a/v1", model: m, discovery: dns, engine: llama-cpp}
                                  b: {base-urls: ["http://b/v1", "http://c/v1"], model: m}
                                  c: {base-url: "http://a/v1", model: m, discovery: {file: r.txt, refresh: 1m}}
                                pools: {p: [a, b, c]}
                                policies: {default: p}
                                """));

        assertThat(summary)
                .contains(
                        "m at every address of http://a/v1, looked up each 10s (llama-cpp), 131072",
                        "m at http://b/v1 and http://c/v1, 131072",
                        "m at the addresses in r.txt, read each 1m, 131072");
    }

    private static Placement placement(String keys) {
        return backend(keys).placement();
    }

    private static BackendConfig.OpenAi backend(String keys) {
        var config =
                GatewayConfigLoader.parse(
                        "/etc/pointsman.yaml",
                        """
                        backends: {r1: {model: m, %s}}
                        pools: {p: [r1]}
                        policies: {default: p}
                        """
                                .formatted(keys));
        return (BackendConfig.OpenAi) config.backends().firstEntry().getValue();
    }
}
