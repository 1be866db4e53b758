package io.pointsman.backends.openai;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.pointsman.backends.StatusPages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/// The status pages of an OpenAI-compatible server, got over HTTP with the same security and
/// credentials as its API, and over connections of their own, so that they can be got while those
/// are all busy. Thread-safe.
public final class HttpStatusPages implements StatusPages, AutoCloseable {

    private final ConnectionProvider pool;
    private final HttpClient client;
    private final String root;

    private HttpStatusPages(OpenAiSettings settings, Optional<InetAddress> pinned) {
        pool =
                ConnectionProvider.builder(settings.descriptor().name() + " status")
                        .maxConnections(4)
                        .maxIdleTime(Duration.ofSeconds(20))
                        .build();
        client =
                PinnedResolver.pin(HttpClients.create(settings, pool), pinned)
                        .headers(headers -> headers.set(HttpHeaderNames.ACCEPT, "*/*"));
        var url = settings.baseUrl();
        root = url.getScheme() + "://" + url.getRawAuthority();
    }

    /// The pages of the server that `settings` describe.
    ///
    /// @param pinned the address to connect to, whatever the host's name resolves to
    public static HttpStatusPages create(OpenAiSettings settings, Optional<InetAddress> pinned) {
        return new HttpStatusPages(settings, pinned);
    }

    @Override
    public Mono<Page> get(String path, Duration timeout, int limit) {
        return client.get()
                .uri(root + path)
                .response((response, content) ->
                        content.asByteArray()
                                .collect(
                                        ByteArrayOutputStream::new,
                                        (all, some) -> append(all, some, limit))
                                .map(all -> new Page(response.status().code(), all.toByteArray())))
                .single()
                .timeout(timeout);
    }

    private static void append(ByteArrayOutputStream all, byte[] some, int limit) {
        if (all.size() + some.length > limit) {
            throw new UncheckedIOException(new IOException("longer than " + limit + " bytes"));
        }
        all.writeBytes(some);
    }

    @Override
    public void close() {
        pool.dispose();
    }
}
