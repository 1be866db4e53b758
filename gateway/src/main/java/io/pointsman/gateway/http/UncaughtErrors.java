package io.pointsman.gateway.http;

import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/// Answers what no endpoint answered (unknown paths, wrong methods, malformed URLs, bugs) in the
/// OpenAI shape, before Spring's own pages would.
public final class UncaughtErrors implements WebExceptionHandler {

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable thrown) {
        var response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.error(thrown);
        }
        if (thrown instanceof ErrorResponse known) {
            // Allow, where the method is wrong.
            response.getHeaders().addAll(known.getHeaders());
        }
        return ErrorResponses.write(response, ErrorRenderer.render(thrown));
    }
}
