package io.pointsman.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartTest {

    private static final Map<String, Object> DRAIN = Map.of("timeout", "120s");

    private static final Map<String, Object> KEYS = Map.of("existingSecret", "pointsman-keys");
    private static final String POD = "spec/template/spec";
    private static final String CONTAINER = POD + "/containers/0";

    private static RenderedChart rendered(Map<String, Object> values) {
        return RenderedChart.of(Yaml.merged(Map.of("auth", KEYS), values));
    }

    private static Manifest deployment(Map<String, Object> values) {
        return rendered(values).one("Deployment");
    }

    private static RenderedChart complete(String name) {
        return RenderedChart.of(Chart.FOLDER.resolve("ci/" + name + "-values.yaml"));
    }

    private static Stream<Path> completeValues() throws IOException {
        return Chart.completeValues();
    }

    @Test
    void oneSecretSuffices() {
        var chart = rendered(Map.of());

        assertThat(chart.manifests())
                .extracting(Manifest::kind)
                .containsExactlyInAnyOrder("ConfigMap", "Service", "Deployment");
        assertThat(Yaml.documents(chart.configuration()).getFirst())
                .containsEntry("server", Map.of("host", "0.0.0.0", "port", 8080, "drain", DRAIN))
                .containsEntry("management", Map.of("host", "0.0.0.0", "port", 8081))
                .containsEntry("auth", Map.of("keys-file", "/etc/pointsman/keys/keys"))
                .hasSize(3);
    }

    @Test
    void withoutSecretItSaysHowToMakeOne() {
        assertThatThrownBy(() -> RenderedChart.of(Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("auth.existingSecret")
                .hasMessageContaining("pointsman keys create TENANT")
                .hasMessageContaining("kubectl create secret generic")
                .hasMessageContaining("auth.loopbackOnly=true");
    }

    @Test
    void withoutKeysItListensInsideThePodOnly() {
        var chart = RenderedChart.of(Map.of("auth", Map.of("loopbackOnly", true)));

        assertThat(chart.all("Service")).isEmpty();
        assertThat(Yaml.documents(chart.configuration()).getFirst())
                .containsEntry("server", Map.of("host", "127.0.0.1", "port", 8080, "drain", DRAIN))
                .containsEntry("management", Map.of("host", "0.0.0.0", "port", 8081))
                .doesNotContainKey("auth");
        assertThat(chart.one("Deployment").maps(POD + "/volumes"))
                .extracting(volume -> volume.get("name"))
                .containsExactly("config", "tmp");
    }

    @Test
    void whatTheValuesSayOfRoutingStandsInTheConfiguration() throws IOException {
        var values = Yaml.read(Chart.FOLDER.resolve("ci/openai-deepseek-values.yaml"));
        var configuration = Yaml.documents(complete("openai-deepseek").configuration()).getFirst();

        assertThat(configuration)
                .containsAllEntriesOf(
                        Map.of(
                                "backends", values.get("backends"),
                                "pools", values.get("pools"),
                                "classifier", values.get("classifier"),
                                "policies", values.get("policies"),
                                "server",
                                        Map.of(
                                                "host",
                                                "0.0.0.0",
                                                "port",
                                                8080,
                                                "max-request-bytes",
                                                "16MiB",
                                                "drain",
                                                DRAIN,
                                                "cors",
                                                Map.of(
                                                        "allowed-origins",
                                                        List.of("https://chat.example.com"))),
                                "auth",
                                        Map.of(
                                                "keys-file",
                                                "/etc/pointsman/keys/keys",
                                                "tenants",
                                                Map.of(
                                                        "batch",
                                                        Map.of("may-choose-route", false)))));
    }

    @Test
    void longNumbersStayNumbers() {
        var configuration =
                rendered(
                                Map.of(
                                        "backends",
                                        Map.of(
                                                "long",
                                                Map.of(
                                                        "base-url", "http://long/v1",
                                                        "model", "1e3",
                                                        "context-length", 10_000_000)),
                                        "pools",
                                        Map.of("fast", List.of("long")),
                                        "policies",
                                        Map.of("default", "fast")))
                        .configuration();

        assertThat(configuration).contains("context-length: 10000000\n", "model: \"1e3\"\n");
    }

    @Test
    void keysComeFromSecretsOnly() {
        var deployment = complete("openai-deepseek").one("Deployment");

        assertThat(deployment.maps(CONTAINER + "/env"))
                .contains(
                        fromSecret("OPENAI_API_KEY", "openai"),
                        fromSecret("DEEPSEEK_API_KEY", "deepseek"));
        assertThat(deployment.maps(POD + "/volumes"))
                .contains(
                        Map.of(
                                "name",
                                "keys",
                                "secret",
                                Map.of(
                                        "secretName",
                                        "pointsman-keys",
                                        "defaultMode",
                                        0440,
                                        "items",
                                        List.of(Map.of("key", "keys", "path", "keys")))));
        assertThat(deployment.maps(CONTAINER + "/volumeMounts"))
                .contains(
                        Map.of(
                                "name",
                                "keys",
                                "mountPath",
                                "/etc/pointsman/keys",
                                "readOnly",
                                true));
    }

    @Test
    void whatIsLearnedStaysOnAClaim() {
        var deployment = deployment(Map.of("persistence", Map.of("existingClaim", "learned")));

        assertThat(deployment.text("spec/strategy/type")).isEqualTo("Recreate");
        assertThat(deployment.maps(CONTAINER + "/env"))
                .contains(Map.of("name", "POINTSMAN_DATA", "value", "/var/lib/pointsman"));
        assertThat(deployment.maps(CONTAINER + "/volumeMounts"))
                .contains(Map.of("name", "data", "mountPath", "/var/lib/pointsman"));
        assertThat(deployment.maps(POD + "/volumes"))
                .contains(
                        Map.of(
                                "name",
                                "data",
                                "persistentVolumeClaim",
                                Map.of("claimName", "learned")));
        assertThat(deployment(Map.of()).text("spec/strategy/type")).isEqualTo("RollingUpdate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"replicas: 2", "autoscaling: {enabled: true}"})
    void oneClaimIsForOneReplica(String more) {
        var claim = Map.<String, Object>of("persistence", Map.of("existingClaim", "learned"));
        var values = Yaml.merged(claim, Yaml.documents(more).getFirst());

        assertThatThrownBy(() -> rendered(values))
                .hasMessageContaining("persistence.existingClaim is for one replica");
    }

    private static Map<String, Object> fromSecret(String variable, String secret) {
        return Map.of(
                "name",
                variable,
                "valueFrom",
                Map.of("secretKeyRef", Map.of("name", secret, "key", "api-key")));
    }

    @ParameterizedTest
    @MethodSource("completeValues")
    void noSecretIsMade(Path values) {
        assertThat(RenderedChart.of(values).all("Secret")).isEmpty();
    }

    @Test
    void aKeyInTheValuesIsRefused() {
        var backend = Map.of("base-url", "http://x/v1", "model", "m", "api-key", "sk-canary");

        assertThatThrownBy(() -> rendered(Map.of("backends", Map.of("x", backend))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("api-key")
                .hasMessageNotContaining("sk-canary");
    }

    @Test
    void aVariableThatNothingSetsIsNamed() {
        var backend =
                Map.of(
                        "base-url", "http://x/v1",
                        "model", "m",
                        "api-key", Map.of("env", "X_KEY"));
        var values =
                Map.<String, Object>of(
                        "backends", Map.of("x", backend),
                        "pools", Map.of("fast", List.of("x")),
                        "policies", Map.of("default", "fast"));

        assertThatThrownBy(() -> rendered(values))
                .hasMessageContaining("backends.x.api-key")
                .hasMessageContaining("upstreamKeys: {X_KEY:");
        var reference = Map.of("secretName", "x", "secretKey", "key");
        rendered(Yaml.merged(values, Map.of("upstreamKeys", Map.of("X_KEY", reference))));
        rendered(Yaml.merged(values, Map.of("extraEnv", List.of(Map.of("name", "X_KEY")))));
        var bundle = Map.of("secretRef", Map.of("name", "x"));
        rendered(Yaml.merged(values, Map.of("envFrom", List.of(bundle))));
    }

    @ParameterizedTest
    @CsvSource({"backends, pools", "pools, backends"})
    void halfOfARoutingIsRefused(String given, String missing) throws IOException {
        var values = Yaml.read(Chart.FOLDER.resolve("ci/vllm-values.yaml"));
        values.keySet().retainAll(Set.of(given));

        assertThatThrownBy(() -> rendered(values))
                .hasMessageContaining(given + " without " + missing);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "replicas: many",
                "replica: 2",
                "image: {digest: sha256:beef}",
                "image: {pullPolicy: Sometimes}",
                "server: {port: 70000}",
                "server: {prot: 8080}",
                "auth: {existingSecret: Not_A_Name}",
                "auth: {keys: ['team-a:hash']}",
                "pools: {fast: gpt}",
                "policies: {defualt: fast}",
                "policies: {default: fast, rules: [{name: hard}]}",
                "policies: {default: fast, rules: [{name: a, when: {hard: 1}, route: b}]}",
                "classifier: {heads: generic}",
                "backends: {x: {model: m}}",
                "backends: {x: {kind: embeded, model: fast}}",
                "backends: {x: {base-url: 'http://x', model: m, api-key: {value: k}}}",
                "backends: {x: {base-url: 'http://x', model: m, timeout: 3s}}",
                "persistence: {claim: learned}",
                "learn: {comparison: {share: 2}}",
                "upstreamKeys: {OPENAI_API_KEY: sk-canary}",
                "shutdown: {drainSeconds: 0}",
                "service: {type: ExternalName}"
            })
    void theSchemaRefuses(String values) {
        var wrong = Yaml.documents(values).getFirst();
        var where = wrong.keySet().iterator().next();

        assertThatThrownBy(() -> rendered(wrong))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("values don't meet the specifications of the schema")
                .hasMessageContaining(where)
                .hasMessageNotContaining("sk-canary");
    }

    @Test
    void theContainerMayDoNothingItNeedsNot() {
        var deployment = deployment(Map.of());

        assertThat(deployment.at(POD + "/automountServiceAccountToken")).isEqualTo(false);
        assertThat(deployment.map(POD + "/securityContext"))
                .containsEntry("runAsNonRoot", true)
                .containsEntry("runAsUser", 10001)
                .containsEntry("fsGroup", 10001)
                .containsEntry("seccompProfile", Map.of("type", "RuntimeDefault"));
        assertThat(deployment.map(CONTAINER + "/securityContext"))
                .containsEntry("allowPrivilegeEscalation", false)
                .containsEntry("readOnlyRootFilesystem", true)
                .containsEntry("capabilities", Map.of("drop", List.of("ALL")));
        assertThat(deployment.maps(CONTAINER + "/volumeMounts"))
                .contains(Map.of("name", "tmp", "mountPath", "/tmp"));
        assertThat(deployment.maps(POD + "/volumes"))
                .contains(Map.of("name", "tmp", "emptyDir", Map.of()));
        assertThat(deployment.map(CONTAINER + "/resources")).containsKeys("requests", "limits");
    }

    @ParameterizedTest
    @CsvSource({
        "startupProbe, /actuator/health/liveness",
        "livenessProbe, /actuator/health/liveness",
        "readinessProbe, /actuator/health/readiness"
    })
    void probesAskTheManagementPort(String probe, String path) {
        var deployment = deployment(Map.of("management", Map.of("port", 9081)));

        assertThat(deployment.map(CONTAINER + "/" + probe + "/httpGet"))
                .isEqualTo(Map.of("path", path, "port", "management"));
        assertThat(deployment.maps(CONTAINER + "/ports"))
                .contains(Map.of("name", "management", "containerPort", 9081));
    }

    @ParameterizedTest
    @CsvSource({"5, 120", "1, 1", "30, 3600"})
    void t55_runningAnswersHaveTimeToEnd(int preStop, int drain) {
        var shutdown = Map.of("preStopSeconds", preStop, "drainSeconds", drain);
        var deployment = deployment(Map.of("shutdown", shutdown));

        assertThat(deployment.at(CONTAINER + "/lifecycle/preStop/sleep/seconds"))
                .isEqualTo(preStop);
        assertThat(rendered(Map.of("shutdown", shutdown)).configuration())
                .contains("timeout: " + drain + "s");
        assertThat((Integer) deployment.at(POD + "/terminationGracePeriodSeconds"))
                .isGreaterThan(preStop + drain);
    }

    @Test
    void theGatewayReadsTheConfigMap() {
        var chart = rendered(Map.of());
        var deployment = chart.one("Deployment");

        assertThat(deployment.at(CONTAINER + "/args"))
                .isEqualTo(List.of("run", "--config", "/etc/pointsman/config/pointsman.yaml"));
        assertThat(deployment.maps(CONTAINER + "/volumeMounts"))
                .contains(
                        Map.of(
                                "name",
                                "config",
                                "mountPath",
                                "/etc/pointsman/config",
                                "readOnly",
                                true));
        var volume = Map.of("name", chart.one("ConfigMap").name());
        assertThat(deployment.maps(POD + "/volumes"))
                .contains(Map.of("name", "config", "configMap", volume));
    }

    @Test
    void otherPoliciesRollThePods() {
        var policies = Map.of("default", "reasoner");

        assertThat(checksum(Map.of("policies", policies)))
                .matches("[0-9a-f]{64}")
                .isNotEqualTo(checksum(Map.of()));
        assertThat(checksum(Map.of("replicas", 3))).isEqualTo(checksum(Map.of()));
    }

    private static String checksum(Map<String, Object> values) {
        var annotations = deployment(values).map("spec/template/metadata/annotations");
        return String.valueOf(annotations.get("checksum/config"));
    }

    @ParameterizedTest
    @MethodSource("completeValues")
    void everyResourceHasTheStandardLabels(Path values) {
        var chart = RenderedChart.of(values);

        assertThat(chart.manifests())
                .allSatisfy(manifest -> {
                    assertThat(manifest.map("metadata/labels"))
                            .containsEntry("app.kubernetes.io/name", "pointsman")
                            .containsEntry("app.kubernetes.io/instance", "edge")
                            .containsEntry("app.kubernetes.io/component", "gateway")
                            .containsEntry("app.kubernetes.io/managed-by", "Helm")
                            .containsEntry("app.kubernetes.io/version", "0.1.0")
                            .containsEntry("helm.sh/chart", "pointsman-0.1.0");
                    assertThat(manifest.at("metadata/namespace")).isEqualTo("models");
                });
        assertThat(chart.manifests())
                .extracting(manifest -> manifest.kind() + "/" + manifest.name())
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({
        "Deployment, spec/selector/matchLabels",
        "PodDisruptionBudget, spec/selector/matchLabels",
        "NetworkPolicy, spec/podSelector/matchLabels",
        "Service, spec/selector"
    })
    void selectorsOutliveAnUpgrade(String kind, String path) {
        var chart = complete("vllm");
        var labels =
                new HashSet<>(
                        chart.one("Deployment").map("spec/template/metadata/labels").entrySet());

        assertThat(chart.all(kind))
                .isNotEmpty()
                .allSatisfy(manifest -> {
                    assertThat(manifest.map(path))
                            .containsOnlyKeys(
                                    "app.kubernetes.io/name",
                                    "app.kubernetes.io/instance",
                                    "app.kubernetes.io/component");
                    assertThat(labels).containsAll(manifest.map(path).entrySet());
                });
    }

    @Test
    void theManagementPortIsReachedOnlyWhereMetricsAreWanted() {
        assertThat(rendered(Map.of()).one("Service").maps("spec/ports"))
                .extracting(port -> port.get("targetPort"))
                .containsExactly("http");

        var chart = complete("vllm");
        var metrics = chart.named("Service", "edge-pointsman-metrics");
        assertThat(metrics.maps("spec/ports"))
                .extracting(port -> port.get("port"))
                .containsExactly(8081);
        var monitor = chart.one("ServiceMonitor");
        assertThat(metrics.map("metadata/labels"))
                .containsAllEntriesOf(monitor.map("spec/selector/matchLabels"));
        assertThat(chart.named("Service", "edge-pointsman").map("metadata/labels"))
                .doesNotContainKey("pointsman.io/port");
        assertThat(monitor.at("spec/endpoints/0/path")).isEqualTo("/actuator/prometheus");
    }

    @Test
    void theAutoscalerAloneSaysHowManyPodsThereAre() {
        assertThat(deployment(Map.of("replicas", 3)).at("spec/replicas")).isEqualTo(3);

        var chart = complete("vllm");
        assertThat(chart.one("Deployment").has("spec/replicas")).isFalse();
        assertThat(chart.one("HorizontalPodAutoscaler").at("spec/scaleTargetRef/name"))
                .isEqualTo(chart.one("Deployment").name());
    }

    @Test
    void theFenceLetsNobodyReadTheCloudsMetadata() {
        var policy = complete("openai-deepseek").one("NetworkPolicy");

        assertThat(policy.at("spec/egress/1/to/0/ipBlock/except"))
                .isEqualTo(List.of("169.254.0.0/16"));
        assertThat(policy.maps("spec/ingress"))
                .containsExactly(Map.of("ports", List.of(Map.of("port", "http"))));
        assertThat(complete("vllm").one("NetworkPolicy").maps("spec/ingress")).hasSize(2);
    }

    @Test
    void theImageIsOfTheChartsVersionUnlessToldOtherwise() {
        assertThat(deployment(Map.of()).at(CONTAINER + "/image")).isEqualTo("pointsman:0.1.0");
        assertThat(deployment(Map.of("image", Map.of("tag", "edge"))).at(CONTAINER + "/image"))
                .isEqualTo("pointsman:edge");
        assertThat(complete("vllm").one("Deployment").text(CONTAINER + "/image"))
                .startsWith("registry.example.com/pointsman@sha256:0123");
    }

    @Test
    void theNotesShowTheFirstRequest() {
        assertThat(RenderedChart.install(Map.of("auth", KEYS)))
                .contains("port-forward service/edge-pointsman 8080:http")
                .contains("Authorization: Bearer $POINTSMAN_KEY\" \\\n")
                .contains("http://edge-pointsman.models/v1")
                .contains("bundled models");
        assertThat(RenderedChart.install(Map.of("auth", Map.of("loopbackOnly", true))))
                .contains("port-forward deployment/edge-pointsman 8080:http")
                .doesNotContain("Authorization");
    }
}
