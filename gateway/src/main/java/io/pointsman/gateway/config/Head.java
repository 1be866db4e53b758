package io.pointsman.gateway.config;

import java.nio.file.Path;

/// Which head the classifier scores with: what is hard depends on who answers.
public sealed interface Head {

    /// The one trained on public data.
    record Generic() implements Head {}

    /// The one fitted to the bundled models.
    record Embedded() implements Head {}

    /// One of the user's own.
    ///
    /// @param file the JSON file that it is in
    record FromFile(Path file) implements Head {}
}
