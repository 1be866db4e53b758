package io.pointsman.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.policies.yaml.ConfigException;
import io.pointsman.policies.yaml.Position;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretResolverTest {

    private static final Position AT = new Position("p.yaml", 5, 7, "backends.small.api-key");
    private static final Map<Path, String> FILES =
            Map.of(
                    Path.of("/run/key"), "sk-file\n",
                    Path.of("/run/empty"), "\n",
                    Path.of("/run/two"), "sk-1\nsk-2\n");
    private static final SecretResolver RESOLVER =
            new SecretResolver(Map.of("SET", "sk-env", "EMPTY", ""), SecretResolverTest::read);

    @Test
    void readsVariablesAndFiles() {
        var variable = RESOLVER.resolve(new SecretRef.Env("SET", AT));
        var file = RESOLVER.resolve(new SecretRef.FromFile(Path.of("/run/key"), AT));

        assertThat(variable.reveal()).isEqualTo("sk-env");
        assertThat(file.reveal()).isEqualTo("sk-file");
        assertThat(file).hasToString("***");
    }

    @ParameterizedTest
    @CsvSource({
        "UNSET, 'refers to the environment variable UNSET, which is not set'",
        "EMPTY, 'refers to the environment variable EMPTY, which is empty'"
    })
    void namesTheVariableThatIsMissing(String variable, String what) {
        assertThatThrownBy(() -> RESOLVER.resolve(new SecretRef.Env(variable, AT)))
                .isInstanceOf(ConfigException.class)
                .hasMessage("p.yaml:5:7: backends.small.api-key " + what);
    }

    @ParameterizedTest
    @CsvSource({
        "/run/none, 'which cannot be read (NoSuchFileException)'",
        "/run/empty, which is empty",
        "/run/two, which holds more than one line or word of ASCII"
    })
    void namesTheFileThatIsWrong(Path file, String what) {
        assertThatThrownBy(() -> RESOLVER.resolve(new SecretRef.FromFile(file, AT)))
                .hasMessage(
                        "p.yaml:5:7: backends.small.api-key refers to the file "
                                + file
                                + ", "
                                + what);
    }

    @Test
    void namesAllThatAreMissingAtOnce() {
        var config =
                GatewayConfigLoader.parse(
                        "p.yaml",
                        """
                        backends:
                          a: {base-url: "http://a", model: m, api-key: {env: A}}
                          b: {base-url: "http://b", model: m, api-key: {env: B}}
                          c: {base-url: "http://c", model: m}
                        pools: {p: [a, b, c]}
                        policies: {default: p}
                        """);

        var keys = resolver(Map.of("A", "1", "B", "2")).apiKeys(config);

        assertThat(keys).hasSize(2);
        assertThat(keys).hasEntrySatisfying("a", key -> assertThat(key.reveal()).isEqualTo("1"));
        assertThat(keys).hasEntrySatisfying("b", key -> assertThat(key.reveal()).isEqualTo("2"));
        assertThatThrownBy(() -> resolver(Map.of()).apiKeys(config))
                .hasMessage(
                        """
                        p.yaml:2:48: backends.a.api-key refers to the environment variable A, which is not set
                        p.yaml:3:48: backends.b.api-key refers to the environment variable B, which is not set\
                        """);
    }

    private static SecretResolver resolver(Map<String, String> environment) {
        return new SecretResolver(environment, SecretResolverTest::read);
    }

    private static String read(Path file) throws NoSuchFileException {
        var text = FILES.get(file);
        if (text == null) {
            throw new NoSuchFileException(file.toString());
        }
        return text;
    }
}
