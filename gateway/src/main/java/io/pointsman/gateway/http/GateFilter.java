package io.pointsman.gateway.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpVersion;
import io.pointsman.api.Failure;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/// Lets requests that post through the gate, before a byte of their body is read, and gives their
/// permits back however they end. Thread-safe.
public final class GateFilter implements WebFilter {

    private static final String PERMIT = RequestGate.Permit.class.getName();
    private static final Duration SOON = Duration.ofSeconds(1);

    private final RequestGate gate;
    private final Counter overloaded;
    private final Counter shuttingDown;

    /// @param registry gets the number under way and the numbers refused
    public GateFilter(RequestGate gate, MeterRegistry registry) {
        this.gate = gate;
        Gauge.builder("pointsman.requests.under.way", gate, RequestGate::underWay)
                .description("Requests under way")
                .register(registry);
        overloaded = refused(registry, "overloaded");
        shuttingDown = refused(registry, "shutting_down");
    }

    private static Counter refused(MeterRegistry registry, String reason) {
        return Counter.builder("pointsman.requests.refused")
                .description("Requests refused before they were read")
                .tag("reason", reason)
                .register(registry);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!counts(exchange.getRequest())) {
            return chain.filter(exchange);
        }
        chunkOnlyWhereKnown(exchange.getResponse());
        return Mono.defer(() -> {
            var permit = gate.enter();
            if (permit.isEmpty()) {
                return ErrorResponses.write(exchange.getResponse(), refusal());
            }
            exchange.getAttributes().put(PERMIT, permit.get());
            return chain.filter(exchange).doFinally(_ -> permit.get().giveBack());
        });
    }

    /// A client of HTTP/1.0 knows no chunks: the end of the connection is the end of an answer of
    /// unknown length.
    private static void chunkOnlyWhereKnown(ServerHttpResponse response) {
        HttpServerResponse own = ServerHttpResponseDecorator.getNativeResponse(response);
        if (HttpVersion.HTTP_1_0.equals(own.version())) {
            own.chunkedTransfer(false);
        }
    }

    /// The permit that `exchange` was let in with.
    static Optional<RequestGate.Permit> permit(ServerWebExchange exchange) {
        return Optional.ofNullable(exchange.getAttribute(PERMIT));
    }

    private static boolean counts(ServerHttpRequest request) {
        return HttpMethod.POST.equals(request.getMethod())
                && request.getPath().value().startsWith("/v1/");
    }

    private ErrorRenderer.Rendered refusal() {
        if (gate.closed()) {
            shuttingDown.increment();
            return ErrorRenderer.render(new Failure.ShuttingDown("this gateway is shutting down"));
        }
        overloaded.increment();
        return ErrorRenderer.tooManyRequests(SOON);
    }
}
