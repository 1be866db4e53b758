package io.pointsman.gateway.http;

import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Route;
import io.pointsman.api.wire.SseEncoder;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Outcome;
import io.pointsman.gateway.dispatch.Dispatcher;
import io.pointsman.gateway.learning.Learning;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// `POST /v1/chat/completions`. Headers wait for the first visible token, so that a failure before
/// it still has its own status; a client that goes away cancels the call upstream.
final class ChatEndpoint {

    private static final MediaType EVENT_STREAM = MediaType.parseMediaType("text/event-stream");

    /// Frames that the writer asks for at a time: what a slow reader can make us hold.
    private static final int PREFETCH = 16;

    private final Intake intake;
    private final Dispatcher dispatcher;
    private final Learning learning;

    ChatEndpoint(Intake intake, Dispatcher dispatcher, Learning learning) {
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
                        .doOnComplete(() -> account.settle(Outcome.COMPLETED))
                        .doOnError(thrown -> account.settle(ErrorRenderer.render(thrown).outcome()))
                        .doOnCancel(() -> account.settle(Outcome.CANCELLED));
        return ServerResponse.ok()
                .build((exchange, _) ->
                        request.stream()
                                ? stream(exchange.getResponse(), request, account, events)
                                : whole(exchange.getResponse(), account, events));
    }

    private static Mono<Void> stream(
            ServerHttpResponse response,
            ChatRequest request,
            Account account,
            Flux<ChatEvent> events) {
        var body = new SseBody(request.includeUsage(), account);
        var frames =
                events.switchOnFirst(
                                (first, all) -> {
                                    if (first.hasValue()) {
                                        writeStreamHeaders(response.getHeaders(), account);
                                    }
                                    return all;
                                })
                        .concatMapIterable(body::frames, PREFETCH)
                        .onErrorResume(thrown ->
                                response.isCommitted()
                                        ? Flux.just(
                                                SseEncoder.event(
                                                        ErrorRenderer.render(thrown).json()))
                                        : Flux.error(thrown))
                        .map(frame -> response.bufferFactory().wrap(frame));
        // A writer that finds the connection closed before its first write fails without
        // cancelling what it was to write.
        var unwritable = Sinks.<Void>empty();
        return response.writeWith(frames.takeUntilOther(unwritable.asMono()))
                .doOnError(_ -> unwritable.tryEmitEmpty())
                .onErrorResume(thrown -> ErrorResponses.write(response, thrown, account));
    }

    private static void writeStreamHeaders(HttpHeaders headers, Account account) {
        headers.setContentType(EVENT_STREAM);
        headers.setCacheControl("no-cache");
        headers.set("X-Accel-Buffering", "no");
        new Facts(account, false).write(headers);
    }

    private static Mono<Void> whole(
            ServerHttpResponse response, Account account, Flux<ChatEvent> events) {
        return events.reduceWith(WholeBody::new, WholeBody::add)
                .map(WholeBody::json)
                .flatMap(json -> {
                    var headers = response.getHeaders();
                    headers.setContentType(MediaType.APPLICATION_JSON);
                    headers.setContentLength(json.length);
                    new Facts(account, true).write(headers);
                    return response.writeWith(Mono.just(response.bufferFactory().wrap(json)));
                })
                .onErrorResume(thrown -> ErrorResponses.write(response, thrown, account));
    }
}
