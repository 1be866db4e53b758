package io.pointsman.gateway.config;

import io.pointsman.policies.yaml.YamlMap;
import io.pointsman.policies.yaml.YamlValue;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads the names of files and of secrets; relative ones start at the configuration's folder.
///
/// @param folder the configuration's folder
record References(Path folder) {

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /// The file that `value` names.
    Optional<Path> path(YamlValue value) {
        return value.text()
                .flatMap(text -> {
                    try {
                        return Optional.of(folder.resolve(text).normalize());
                    } catch (InvalidPathException e) {
                        value.problem("is no path: " + e.getReason());
                        return Optional.empty();
                    }
                });
    }

    /// The environment variable that `value` names.
    static Optional<String> variable(YamlValue value) {
        var name = value.text();
        if (name.isPresent() && !VARIABLE.matcher(name.get()).matches()) {
            value.problem(
                    "must be the name of an environment variable: A-Z a-z 0-9 _, no digit first");
        }
        return name;
    }

    /// The place of a secret that `value` names; the problem with anything else never shows it.
    Optional<SecretRef> secret(YamlValue value) {
        if (!value.isMap()) {
            value.problem(
                    "must not hold a key itself: write {env: NAME} or {file: PATH}, which say where"
                            + " it is");
            return Optional.empty();
        }
        return value.map(map -> secret(value, map)).flatMap(ref -> ref);
    }

    private Optional<SecretRef> secret(YamlValue value, YamlMap map) {
        var variable = map.value("env").flatMap(References::variable);
        var file = map.value("file").flatMap(this::path);
        if (map.has("env") == map.has("file")) {
            value.problem("must be either {env: NAME} or {file: PATH}");
            return Optional.empty();
        }
        return variable.<SecretRef>map(name -> new SecretRef.Env(name, value.at()))
                .or(() -> file.map(path -> new SecretRef.FromFile(path, value.at())));
    }
}
