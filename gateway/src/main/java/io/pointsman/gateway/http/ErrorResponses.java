package io.pointsman.gateway.http;

import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Outcome;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;

/// Sends rendered errors by WebFlux.
final class ErrorResponses {

    private ErrorResponses() {}

    /// Settles `account` with what `thrown` is, and answers with it; where the client has hung up,
    /// there is nobody left to tell.
    static Mono<ServerResponse> response(Throwable thrown, Account account) {
        if (thrown instanceof AbortedException) {
            account.settle(Outcome.CANCELLED);
            return ServerResponse.ok().build();
        }
        var rendered = ErrorRenderer.render(thrown);
        account.settle(rendered.outcome());
        return ServerResponse.status(rendered.status())
                .contentType(MediaType.APPLICATION_JSON)
                .headers(headers -> {
                    new Facts(account, false)
                            .write((fact, value) -> headers.set(fact.key(), value));
                    rendered.headers().forEach(headers::set);
                })
                .bodyValue(rendered.json());
    }

    /// Writes `rendered`.
    static Mono<Void> write(ServerHttpResponse response, ErrorRenderer.Rendered rendered) {
        var headers = response.getHeaders();
        response.setStatusCode(HttpStatusCode.valueOf(rendered.status()));
        headers.setContentType(MediaType.APPLICATION_JSON);
        headers.setContentLength(rendered.json().length);
        rendered.headers().forEach(headers::set);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(rendered.json())))
                // Netty has answered by itself what it could not decode.
                .onErrorComplete(IllegalStateException.class);
    }
}
