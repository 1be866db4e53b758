package io.pointsman.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pointsman.backends.balance.Upkeep;
import io.pointsman.gateway.config.GatewayConfig;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.config.SecretResolver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendsTest {

    private static final SecretResolver NO_SECRETS =
            new SecretResolver(Map.of(), Files::readString);

    @TempDir private Path folder;

    @Test
    void callsOneServerByTheBackendsNameAndSeveralByTheirAddresses() {
        try (var one = start("base-url: \"http://a:1/v1\"");
                var two = start("base-urls: [\"http://a:1/v1\", \"https://b/v1\"]")) {
            assertThat(names(one)).containsExactly("r1");
            assertThat(names(two)).containsExactly("r1@a:1", "r1@b:443");
        }
    }

    @Test
    void startsThoughANameIsNotKnownYet() {
        try (var backends = start("base-url: \"http://r1.invalid/v1\", discovery: dns")) {
            assertThat(names(backends)).isEmpty();
            assertThat(backends.upkeep().map(Upkeep::counters))
                    .get()
                    .satisfies(it -> assertThat(it.of("r1").discoveryFailures()).isOne());
        }
    }

    @Test
    void doesNotStartWithoutTheFileThatListsReplicas() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> start("base-url: \"http://a/v1\", discovery: {file: none.txt}"))
                .withMessage(
                        "backends.r1.discovery.file: there is no file "
                                + folder.resolve("none.txt"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base-url: \"https://a/v1\"",
                "base-urls: [\"https://a/v1\"]",
                "base-url: \"https://r1.invalid/v1\", discovery: dns"
            })
    void doesNotStartWithSettingsThatCannotBeApplied(String where) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> start(where + ", ca-file: none.pem"))
                .withMessageStartingWith("the CA file " + folder.resolve("none.pem"));
    }

    @Test
    void t56_metersConfiguredBackendsWhateverTheirReplicas() {
        var meters = new SimpleMeterRegistry();
        try (var backends =
                start("base-urls: [\"http://a/v1\", \"http://b/v1\", \"http://c/v1\"]")) {
            new BackendMeters(meters, backends.registry(), backends.upkeep().orElseThrow()).start();

            assertThat(
                            meters.get("pointsman.backend.replicas")
                                    .tag("backend", "r1")
                                    .gauge()
                                    .value())
                    .isEqualTo(3);
            assertThat(meters.getMeters())
                    .isNotEmpty()
                    .allSatisfy(
                            meter -> assertThat(meter.getId().getTag("backend")).isEqualTo("r1"));
        }
    }

    private List<String> names(Backends backends) {
        return backends.registry().candidates().stream().map(it -> it.backend().name()).toList();
    }

    private Backends start(String keys) {
        return Backends.start(config(keys), NO_SECRETS);
    }

    private GatewayConfig config(String keys) {
        return GatewayConfigLoader.parse(
                folder.resolve("pointsman.yaml").toString(),
                """
                backends: {r1: {model: m, %s}}
                pools: {p: [r1]}
                policies: {default: p}
                """
                        .formatted(keys));
    }
}
