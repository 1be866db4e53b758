package io.pointsman.gateway.config;

import io.pointsman.api.Secret;
import io.pointsman.policies.yaml.ConfigException;
import io.pointsman.policies.yaml.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Fetches the secrets that a configuration refers to.
///
/// @param environment the environment variables
/// @param reader reads files
public record SecretResolver(Map<String, String> environment, FileReader reader) {

    /// Reads a file as text.
    @FunctionalInterface
    public interface FileReader {

        /// The text of `file`.
        String read(Path file) throws IOException;
    }

    public SecretResolver {
        environment = Map.copyOf(environment);
    }

    /// Fetches from this process's environment and file system.
    public static SecretResolver ofSystem() {
        return new SecretResolver(System.getenv(), java.nio.file.Files::readString);
    }

    /// The secret that `ref` refers to, without white space around it.
    ///
    /// @throws ConfigException naming the key and the variable or file, if there is none
    public Secret resolve(SecretRef ref) {
        return switch (ref) {
            case SecretRef.Env(var variable, _) -> fromEnvironment(ref, variable);
            case SecretRef.FromFile(var file, _) -> fromFile(ref, file);
        };
    }

    /// The keys of all backends that have one, by backend.
    ///
    /// @throws ConfigException naming all that are missing
    public Map<String, Secret> apiKeys(GatewayConfig config) {
        var keys = new LinkedHashMap<String, Secret>();
        var problems = new ArrayList<Problem>();
        for (var backend : config.backends().values()) {
            if (backend instanceof BackendConfig.OpenAi openAi && openAi.apiKey().isPresent()) {
                try {
                    keys.put(backend.name(), resolve(openAi.apiKey().get()));
                } catch (ConfigException e) {
                    problems.addAll(e.problems());
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return keys;
    }

    private Secret fromEnvironment(SecretRef ref, String variable) {
        var name = "the environment variable " + variable;
        var value = environment.get(variable);
        if (value == null) {
            throw missing(ref, name + ", which is not set");
        }
        return secret(ref, name, value);
    }

    private Secret fromFile(SecretRef ref, Path file) {
        var name = "the file " + file;
        try {
            return secret(ref, name, reader.read(file));
        } catch (IOException e) {
            throw missing(
                    ref, name + ", which cannot be read (" + e.getClass().getSimpleName() + ')');
        }
    }

    private static Secret secret(SecretRef ref, String name, String text) {
        var value = text.strip();
        if (value.isEmpty()) {
            throw missing(ref, name + ", which is empty");
        }
        if (!value.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw missing(ref, name + ", which holds more than one line or word of ASCII");
        }
        return new Secret(value);
    }

    private static ConfigException missing(SecretRef ref, String what) {
        return new ConfigException(List.of(new Problem(ref.at(), "refers to " + what)));
    }
}
