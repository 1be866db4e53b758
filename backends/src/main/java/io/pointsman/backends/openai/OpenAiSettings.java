package io.pointsman.backends.openai;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.Secret;
import io.pointsman.api.wire.ThinkSplitter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// How to call an OpenAI-compatible server.
///
/// @param descriptor what is known of the backend; its `model` is what calls name
/// @param baseUrl up to and including the version, as in `https://api.openai.com/v1`
/// @param apiKey sent as a bearer token
/// @param connectTimeout for the connection, and again for TLS and the proxy
/// @param firstTokenTimeout from the call until the first chunk with something to see in it
/// @param proxy `http://[user:password@]host:port`, or `socks5://…`
/// @param caFile PEM certificates to trust instead of the platform's
/// @param thinking how thinking in the text of the answer begins
/// @param headers further headers to send
/// @param dialect in what its requests and answers differ from OpenAI's
public record OpenAiSettings(
        BackendDescriptor descriptor,
        URI baseUrl,
        Optional<Secret> apiKey,
        Duration connectTimeout,
        Duration firstTokenTimeout,
        Optional<URI> proxy,
        Optional<Path> caFile,
        ThinkSplitter.Mode thinking,
        Map<String, String> headers,
        OpenAiDialect dialect) {

    public OpenAiSettings {
        headers = Map.copyOf(headers);
        var scheme = baseUrl.getScheme();
        if (!("http".equals(scheme) || "https".equals(scheme)) || baseUrl.getHost() == null) {
            throw new IllegalArgumentException("a base URL is http://host… or https://host…");
        }
        if (baseUrl.getRawQuery() != null || baseUrl.getRawUserInfo() != null) {
            throw new IllegalArgumentException("a base URL has neither a query nor a user");
        }
        if (!connectTimeout.isPositive() || !firstTokenTimeout.isPositive()) {
            throw new IllegalArgumentException("timeouts are positive");
        }
    }

    /// The settings of a server that needs nothing special.
    public static OpenAiSettings of(BackendDescriptor descriptor, URI baseUrl) {
        return new OpenAiSettings(
                descriptor,
                baseUrl,
                Optional.empty(),
                Duration.ofSeconds(5),
                Duration.ofMinutes(2),
                Optional.empty(),
                Optional.empty(),
                ThinkSplitter.Mode.AUTO,
                Map.of(),
                OpenAiDialect.DEFAULT);
    }

    public OpenAiSettings withApiKey(Secret key) {
        return new OpenAiSettings(
                descriptor,
                baseUrl,
                Optional.of(key),
                connectTimeout,
                firstTokenTimeout,
                proxy,
                caFile,
                thinking,
                headers,
                dialect);
    }

    public OpenAiSettings withTimeouts(Duration connect, Duration firstToken) {
        return new OpenAiSettings(
                descriptor,
                baseUrl,
                apiKey,
                connect,
                firstToken,
                proxy,
                caFile,
                thinking,
                headers,
                dialect);
    }

    public OpenAiSettings withProxy(URI uri) {
        return new OpenAiSettings(
                descriptor,
                baseUrl,
                apiKey,
                connectTimeout,
                firstTokenTimeout,
                Optional.of(uri),
                caFile,
                thinking,
                headers,
                dialect);
    }

    public OpenAiSettings withCaFile(Path file) {
        return new OpenAiSettings(
                descriptor,
                baseUrl,
                apiKey,
                connectTimeout,
                firstTokenTimeout,
                proxy,
                Optional.of(file),
                thinking,
                headers,
                dialect);
    }

    public OpenAiSettings withThinking(ThinkSplitter.Mode mode) {
        return new OpenAiSettings(
                descriptor,
                baseUrl,
                apiKey,
                connectTimeout,
                firstTokenTimeout,
                proxy,
                caFile,
                mode,
                headers,
                dialect);
    }

    public OpenAiSettings withHeaders(Map<String, String> more) {
        return new OpenAiSettings(
                descriptor,
                baseUrl,
                apiKey,
                connectTimeout,
                firstTokenTimeout,
                proxy,
                caFile,
                thinking,
                more,
                dialect);
    }

    public OpenAiSettings withDialect(OpenAiDialect other) {
        return new OpenAiSettings(
                descriptor,
                baseUrl,
                apiKey,
                connectTimeout,
                firstTokenTimeout,
                proxy,
                caFile,
                thinking,
                headers,
                other);
    }
}
