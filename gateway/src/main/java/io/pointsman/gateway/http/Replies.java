package io.pointsman.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/// Sends responses whose bodies are whole: headers and body go out in one piece.
final class Replies {

    private static final AsciiString CONTENT_TYPE = AsciiString.cached("Content-Type");
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("Content-Length");
    private static final AsciiString JSON = AsciiString.cached("application/json");

    private Replies() {}

    /// Says in `headers` that the body is JSON.
    static void json(HttpHeaders headers) {
        headers.set(CONTENT_TYPE, JSON);
    }

    /// Says in `headers` that the body is JSON of `length` bytes.
    static void json(HttpHeaders headers, int length) {
        json(headers);
        headers.setInt(CONTENT_LENGTH, length);
    }

    /// Sends `body` now.
    static void send(HttpServerResponse response, ByteBuf body) {
        // A client that is gone needs no answer.
        response.sendObject(body).then().subscribe(_ -> {}, _ -> {});
    }

    /// Sends `error` on subscription, where nothing was sent yet: Netty answers by itself what it
    /// cannot decode.
    static Mono<Void> error(HttpServerResponse response, ErrorRenderer.Rendered error) {
        return Mono.fromRunnable(() -> send(response, error));
    }

    /// Sends `error` now, where nothing was sent yet.
    static void send(HttpServerResponse response, ErrorRenderer.Rendered error) {
        if (response.hasSentHeaders()) {
            return;
        }
        response.status(HttpResponseStatus.valueOf(error.status()));
        var headers = response.responseHeaders();
        json(headers, error.json().length);
        error.headers().forEach(headers::set);
        send(response, Unpooled.wrappedBuffer(error.json()));
    }
}
