package io.pointsman.gateway.http;

import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Outcome;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;

/// Sends rendered errors.
final class ErrorResponses {

    private ErrorResponses() {}

    /// Settles `account` with what `thrown` is, and answers with it.
    static Mono<ServerResponse> response(Throwable thrown, Account account) {
        return ServerResponse.ok()
                .build((exchange, _) -> write(exchange.getResponse(), thrown, account));
    }

    /// Settles `account` with what `thrown` is, and writes it where nothing was written yet. After
    /// that, and where the client has hung up, there is nobody left to tell.
    static Mono<Void> write(ServerHttpResponse response, Throwable thrown, Account account) {
        if (thrown instanceof AbortedException) {
            account.settle(Outcome.CANCELLED);
            return Mono.empty();
        }
        var rendered = ErrorRenderer.render(thrown);
        account.settle(rendered.outcome());
        if (response.isCommitted()) {
            return Mono.empty();
        }
        new Facts(account, false).write(response.getHeaders());
        return write(response, rendered);
    }

    /// Writes `rendered`.
    static Mono<Void> write(ServerHttpResponse response, ErrorRenderer.Rendered rendered) {
        var headers = response.getHeaders();
        response.setStatusCode(HttpStatusCode.valueOf(rendered.status()));
        headers.setContentType(MediaType.APPLICATION_JSON);
        headers.setContentLength(rendered.json().length);
        if (rendered.status() == 401) {
            headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        if (rendered.outcome() == Outcome.SHUT_DOWN) {
            headers.set(HttpHeaders.CONNECTION, "close");
        }
        rendered.retryAfter()
                .ifPresent(wait ->
                        headers.set(
                                HttpHeaders.RETRY_AFTER,
                                Long.toString(Math.max(1, Math.ceilDiv(wait.toMillis(), 1000)))));
        return response.writeWith(Mono.just(response.bufferFactory().wrap(rendered.json())))
                // Netty has answered by itself what it could not decode.
                .onErrorComplete(IllegalStateException.class);
    }
}
