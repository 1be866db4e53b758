package io.pointsman.gateway.config;

import io.pointsman.api.Price;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// A backend as the configuration describes it.
public sealed interface BackendConfig {

    /// What the configuration calls it.
    String name();

    /// What its tokens cost; empty where nobody said.
    Optional<Price> price();

    /// A server that speaks OpenAI's chat completions.
    ///
    /// @param baseUrl what `/chat/completions` is appended to; ends without a slash
    /// @param model the model's name in calls to it
    /// @param apiKey sent as bearer token; empty where it wants none
    /// @param contextLength tokens that prompt and completion may have together
    /// @param connectTimeout for the connection to stand, TLS included
    /// @param firstTokenTimeout from the request until the first token, thinking or not
    /// @param proxy the HTTP proxy to go through
    /// @param caFile PEM certificates to trust beside the JDK's
    /// @param reasoning how `<think>` in content is understood
    /// @param headers sent with every call
    /// @param protection what keeps it from being asked too much
    /// @param placement where its replicas are
    /// @param dialect in what its requests and answers differ from OpenAI's
    record OpenAi(
            String name,
            URI baseUrl,
            String model,
            Optional<SecretRef> apiKey,
            int contextLength,
            Optional<Price> price,
            Duration connectTimeout,
            Duration firstTokenTimeout,
            Optional<URI> proxy,
            Optional<Path> caFile,
            Reasoning reasoning,
            SequencedMap<String, String> headers,
            Protection protection,
            Placement placement,
            Dialect dialect)
            implements BackendConfig {
        public OpenAi {
            headers = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(headers));
        }
    }

    /// A bundled model, run in this process.
    record Embedded(String name, EmbeddedModel model, Optional<Price> price)
            implements BackendConfig {}

    /// The bundled models.
    enum EmbeddedModel {
        FAST,
        REASONER
    }
}
