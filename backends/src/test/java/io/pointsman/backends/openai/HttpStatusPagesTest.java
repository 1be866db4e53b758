package io.pointsman.backends.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.Secret;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/// Status pages over real sockets, of a host whose name nobody knows, at an address that is given.
class HttpStatusPagesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private final DisposableServer server =
            HttpServer.create()
                    .host("127.0.0.1")
                    .port(0)
                    .handle((request, response) -> {
                        var headers = request.requestHeaders();
                        seen.add(
                                request.method()
                                        + " "
                                        + request.uri()
                                        + " "
                                        + headers.get(HttpHeaderNames.HOST)
                                        + " "
                                        + headers.get(HttpHeaderNames.AUTHORIZATION));
                        return switch (request.uri()) {
                            case "/health" -> response.status(200).send();
                            case "/down" -> response.status(503).sendString(Mono.just("no"));
                            case "/slow" -> response.sendString(Mono.never());
                            case "/endless" ->
                                    response.sendByteArray(
                                            Flux.generate(sink -> sink.next(new byte[1_000])));
                            default -> response.sendNotFound();
                        };
                    })
                    .bindNow();
    private final HttpStatusPages pages =
            HttpStatusPages.create(
                    OpenAiSettings.of(
                                    new BackendDescriptor("r1", "m", 100, Optional.empty()),
                                    URI.create("http://r1.invalid:" + server.port() + "/v1"))
                            .withApiKey(new Secret("sk-status")),
                    Optional.of(InetAddress.getLoopbackAddress()));

    @AfterEach
    void stop() {
        pages.close();
        server.disposeNow();
    }

    @Test
    void t57_getsAPageOfTheServersRootAtTheGivenAddress() {
        var page = pages.get("/health", PATIENCE, 100).blockOptional().orElseThrow();

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body()).isEmpty();
        assertThat(seen)
                .containsExactly("GET /health r1.invalid:" + server.port() + " Bearer sk-status");
    }

    @Test
    void tellsTheStatusAndTheBody() {
        var page = pages.get("/down", PATIENCE, 100).blockOptional().orElseThrow();

        assertThat(page.status()).isEqualTo(503);
        assertThat(new String(page.body(), US_ASCII)).isEqualTo("no");
    }

    @Test
    void waitsNoLongerThanItMay() {
        assertThatThrownBy(() -> pages.get("/slow", Duration.ofMillis(50), 100).block())
                .hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void readsNoMoreThanItMay() {
        assertThatThrownBy(() -> pages.get("/endless", PATIENCE, 10_000).block())
                .hasMessageContaining("longer than 10000 bytes");
    }
}
