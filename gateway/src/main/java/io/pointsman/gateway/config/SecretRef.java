package io.pointsman.gateway.config;

import io.pointsman.policies.yaml.Position;
import java.nio.file.Path;

/// Says where a secret is, and never what it is.
public sealed interface SecretRef {

    /// Where the configuration refers to it.
    Position at();

    /// In an environment variable: `{env: NAME}`.
    ///
    /// @param variable the variable's name
    record Env(String variable, Position at) implements SecretRef {}

    /// In a file, without the line end after it: `{file: PATH}`.
    ///
    /// @param file the file
    record FromFile(Path file, Position at) implements SecretRef {}
}
