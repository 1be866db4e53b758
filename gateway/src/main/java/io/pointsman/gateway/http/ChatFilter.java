package io.pointsman.gateway.http;

import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/// Hands chat requests that came to WebFlux to the endpoint below it: those whose path is spelt
/// otherwise, and those of browsers. It sets no status, so that WebFlux finds nothing left to
/// write. Immutable.
public final class ChatFilter implements WebFilter {

    private static final PathPattern PATH =
            PathPatternParser.defaultInstance.parse(ChatEndpoint.PATH);

    private final ChatEndpoint chat;

    /// Hands over to `chat`.
    public ChatFilter(ChatEndpoint chat) {
        this.chat = chat;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        var request = exchange.getRequest();
        return takes(request)
                ? chat.apply(
                        ServerHttpRequestDecorator.getNativeRequest(request),
                        ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse()))
                : chain.filter(exchange);
    }

    private static boolean takes(ServerHttpRequest request) {
        return HttpMethod.POST.equals(request.getMethod())
                && PATH.matches(request.getPath().pathWithinApplication());
    }
}
