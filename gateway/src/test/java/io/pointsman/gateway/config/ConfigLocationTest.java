package io.pointsman.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLocationTest {

    @TempDir private Path folder;

    @Test
    void isBuiltInWhereThereIsNothing() {
        var location = ConfigLocation.find(Map.of("POINTSMAN_CONFIG", " "), folder);

        assertThat(location).isEqualTo(new ConfigLocation.BuiltIn());
        assertThat(location.load()).isEqualTo(GatewayConfigLoader.builtIn());
    }

    @Test
    void isTheFileInTheWorkingDirectory() throws IOException {
        var file = Files.writeString(folder.resolve("pointsman.yaml"), "server: {port: 9}\n");

        var location = ConfigLocation.find(Map.of(), folder);

        assertThat(location)
                .isEqualTo(new ConfigLocation.InFile(file))
                .hasToString(file.toString());
        assertThat(location.load().server().port()).isEqualTo(9);
    }

    @Test
    void isTheFileThatTheVariableNamesThoughThereIsAnother() throws IOException {
        Files.writeString(folder.resolve("pointsman.yaml"), "");

        assertThat(ConfigLocation.find(Map.of("POINTSMAN_CONFIG", "other.yaml"), folder))
                .isEqualTo(new ConfigLocation.InFile(folder.resolve("other.yaml")));
    }
}
