package io.pointsman.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.Test;

/// A gateway that lets browsers in answers as others do, though its chat requests go through the
/// filters of WebFlux.
class BrowsersTest extends GatewayHttpTest {

    private static final String ORIGIN = "https://chat.example.com";

    @Override
    String more() {
        return ", cors: {allowed-origins: [\"" + ORIGIN + "\"]}";
    }

    @Test
    void letsOnlyNamedOriginsAsk() throws Exception {
        var named = send(preflight(ORIGIN));
        var other = send(preflight("https://evil.example.com"));

        assertThat(named.headers().firstValue("access-control-allow-origin")).hasValue(ORIGIN);
        assertThat(other.statusCode()).isEqualTo(403);
    }

    @Test
    void letsOnlyNamedOriginsChat() throws Exception {
        var named = send(call(ORIGIN));
        var other = send(call("https://evil.example.com"));

        assertThat(named.statusCode()).isEqualTo(200);
        assertThat(named.headers().firstValue("access-control-allow-origin")).hasValue(ORIGIN);
        assertThat(named.headers().firstValue("access-control-expose-headers")).isPresent();
        assertThat(other.statusCode()).isEqualTo(403);
    }

    private HttpRequest.Builder call(String origin) {
        return authorized("/v1/chat/completions")
                .header("Origin", origin)
                .POST(BodyPublishers.ofString(chat("auto", "What is 2 + 2?", "")));
    }

    private HttpRequest.Builder preflight(String origin) {
        return HttpRequest.newBuilder(uri("/v1/chat/completions"))
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", BodyPublishers.noBody());
    }
}
