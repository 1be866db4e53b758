package io.pointsman.gateway.http;

import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.Route;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Outcome;
import io.pointsman.gateway.config.GatewayConfig.Pings;
import io.pointsman.gateway.dispatch.Dispatcher;
import io.pointsman.gateway.learning.Learning;
import io.pointsman.gateway.routing.Routing;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// `POST /v1/chat/completions`. Headers wait for the first visible token, so that a failure before
/// it still has its own status, or for the first ping where a model is silent for long; a client
/// that goes away cancels the call upstream.
final class ChatEndpoint {

    private final Intake intake;
    private final Dispatcher dispatcher;
    private final Learning learning;
    private final Supplier<Routing> routing;
    private final Pings pings;

    ChatEndpoint(
            Intake intake,
            Dispatcher dispatcher,
            Learning learning,
            Supplier<Routing> routing,
            Pings pings) {
        this.routing = routing;
        this.pings = pings;
        this.intake = intake;
        this.dispatcher = dispatcher;
        this.learning = learning;
    }

    Mono<ServerResponse> chat(ServerRequest request) {
        return intake.accept(request, this::answer);
    }

    private Mono<ServerResponse> answer(ChatRequest request, Route route, Account account) {
        var answer = dispatcher.dispatch(request, route, account);
        var events =
                learning.watch(request, route, account, answer)
                        .doOnNext(event -> settle(event, account))
                        .doOnError(thrown -> account.settle(ErrorRenderer.render(thrown).outcome()))
                        .doOnCancel(() -> account.settle(Outcome.CANCELLED));
        return ServerResponse.ok()
                .build((exchange, _) ->
                        Mono.defer(() -> deliver(exchange, request, account, events))
                                .onErrorResume(thrown ->
                                        ErrorResponses.write(
                                                exchange.getResponse(), thrown, account)));
    }

    /// The end of an answer settles its request, whatever becomes of the connections after it.
    private static void settle(ChatEvent event, Account account) {
        if (event instanceof ChatEvent.Finished) {
            account.settle(Outcome.COMPLETED);
        }
    }

    private Mono<Void> deliver(
            ServerWebExchange exchange,
            ChatRequest request,
            Account account,
            Flux<ChatEvent> events) {
        var response = exchange.getResponse();
        Function<Boolean, Facts> facts =
                settled -> new Facts(account, settled, parameters(request, account));
        var body =
                request.stream()
                        ? new SseBody(request.includeUsage(), facts)
                        : new WholeBody(facts);
        var delivery = new Delivery(events, body, response, Line.of(exchange.getRequest()), pings);
        GateFilter.permit(exchange)
                .ifPresent(permit -> permit.onCut(() -> shutDown(delivery, account)));
        // A writer that finds the connection closed before its first write fails without
        // cancelling what it was to write.
        return response.writeWith(delivery).doOnError(_ -> delivery.cancel());
    }

    private static void shutDown(Delivery delivery, Account account) {
        account.settle(Outcome.SHUT_DOWN);
        delivery.cut(
                new FailureException(
                        new Failure.ShuttingDown(
                                "this gateway is shutting down, before the answer was complete")));
    }

    /// What the backend that answers changed in the request.
    private String parameters(ChatRequest request, Account account) {
        return account.backend()
                .flatMap(name -> routing.get().backends().backend(name))
                .map(backend -> backend.adaptations(request))
                .orElse("");
    }
}
