package io.pointsman.gateway.http;

import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Lets requests that post through the entrance, before a byte of their body is read, and gives
/// their permits back however they end. Thread-safe.
public final class GateFilter implements WebFilter {

    private final Entrance entrance;

    /// Lets requests through `entrance`.
    public GateFilter(Entrance entrance) {
        this.entrance = entrance;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!counts(exchange.getRequest())) {
            return chain.filter(exchange);
        }
        return Mono.defer(() -> {
            var permit = entrance.enter();
            return permit.isEmpty()
                    ? ErrorResponses.write(exchange.getResponse(), entrance.refusal())
                    : chain.filter(exchange).doFinally(_ -> permit.get().giveBack());
        });
    }

    private static boolean counts(ServerHttpRequest request) {
        return HttpMethod.POST.equals(request.getMethod())
                && request.getPath().value().startsWith("/v1/");
    }
}
