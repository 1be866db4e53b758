package io.pointsman.gateway.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Where the configuration is: in the file that `POINTSMAN_CONFIG` names, else in
/// `./pointsman.yaml`, else built in.
public sealed interface ConfigLocation {

    /// The environment variable that names the file.
    String VARIABLE = "POINTSMAN_CONFIG";

    /// The file that is looked for where the variable is not set.
    String FILE_NAME = "pointsman.yaml";

    /// In a file.
    record InFile(Path file) implements ConfigLocation {
        @Override
        public String toString() {
            return file.toString();
        }
    }

    /// In the program.
    record BuiltIn() implements ConfigLocation {
        @Override
        public String toString() {
            return "built-in configuration (no " + VARIABLE + ", no ./" + FILE_NAME + ')';
        }
    }

    /// Finds it from the `environment` and the working `directory`.
    static ConfigLocation find(Map<String, String> environment, Path directory) {
        var named = environment.getOrDefault(VARIABLE, "");
        if (!named.isBlank()) {
            return new InFile(directory.resolve(named));
        }
        var file = directory.resolve(FILE_NAME);
        return Files.exists(file) ? new InFile(file) : new BuiltIn();
    }

    /// Reads what is there.
    ///
    /// @throws io.pointsman.policies.yaml.ConfigException with all that is wrong
    default GatewayConfig load() {
        return switch (this) {
            case InFile(Path file) -> GatewayConfigLoader.load(file);
            case BuiltIn() -> GatewayConfigLoader.builtIn();
        };
    }
}
