package io.pointsman.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.Tenant;
import io.pointsman.backends.openai.EventLoops;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Outcome;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/// One chat completion, from its request's head to its response's end: what the server subscribes
/// to, once, and cancels when the client hangs up. It never fails; what goes wrong is answered.
/// Confined to the event loop of the client's connection, but that it may be cancelled and cut from
/// any thread.
///
/// It has the request admitted, read and routed and its answer delivered, settles the account
/// whatever ends it, and gives the permit back: all as one subscriber, since operators for each
/// step cost more than the steps.
final class ChatCall extends Mono<Void> implements CoreSubscriber<byte[]>, Subscription {

    private final ChatEndpoint endpoint;
    private final RequestGate.Permit permit;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Account account;

    private @Nullable CoreSubscriber<? super Void> server;
    private @Nullable Connection connection;
    private @Nullable Line line;
    private @Nullable Tenant tenant;
    private volatile boolean over;
    private volatile @Nullable Subscription body;
    private volatile @Nullable Delivery delivery;

    /// A call that `permit` lets in.
    ChatCall(
            ChatEndpoint endpoint,
            RequestGate.Permit permit,
            HttpServerRequest request,
            HttpServerResponse response) {
        this.endpoint = endpoint;
        this.permit = permit;
        this.request = request;
        this.response = response;
        account = endpoint.intake().open(request.requestHeaders());
    }

    @Override
    public void subscribe(CoreSubscriber<? super Void> subscriber) {
        server = subscriber;
        request.withConnection(own -> connection = own);
        line = Line.of(connection().channel());
        subscriber.onSubscribe(this);
        try {
            tenant = endpoint.intake().admit(account, request.requestHeaders());
            endpoint.bodies().read(request).subscribe(this);
        } catch (RuntimeException thrown) {
            onError(thrown);
        }
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        body = subscription;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(byte[] bytes) {
        try {
            deliver(bytes);
        } catch (RuntimeException thrown) {
            onError(thrown);
        }
    }

    private void deliver(byte[] bytes) {
        var headers = request.requestHeaders();
        var chosen =
                endpoint.intake().route(bytes, Objects.requireNonNull(tenant), account, headers);
        var body = endpoint.body(chosen.request(), account);
        var started = new Delivery(body, this, account, line(), endpoint.pings());
        delivery = started;
        endpoint.answer(chosen, account).subscribe(started);
        started.start();
        permit.onCut(() -> cut(started));
    }

    private static void cut(Delivery delivery) {
        delivery.cut(
                new FailureException(
                        new Failure.ShuttingDown(
                                "this gateway is shutting down, before the answer was complete")));
    }

    /// What went wrong before there was anything to deliver. After a hang-up there is nobody left
    /// to tell.
    @Override
    public void onError(Throwable thrown) {
        if (over) {
            return;
        }
        if (thrown instanceof AbortedException) {
            account.settle(Outcome.CANCELLED);
            complete();
            end();
            return;
        }
        var rendered = ErrorRenderer.render(thrown);
        account.settle(rendered.outcome());
        failed(rendered);
    }

    @Override
    public void onComplete() {}

    @Override
    public void request(long n) {}

    /// The client has hung up.
    @Override
    public void cancel() {
        if (over) {
            return;
        }
        over = true;
        account.settle(Outcome.CANCELLED);
        var delivering = delivery;
        var reading = body;
        if (delivering != null) {
            delivering.cancel();
        } else if (reading != null) {
            reading.cancel();
        }
        permit.giveBack();
    }

    /// Where the bytes of the response are made.
    ByteBufAllocator allocator() {
        return response.alloc();
    }

    /// The headers of the response.
    HttpHeaders headers() {
        return response.responseHeaders();
    }

    /// Answers with an error, of which the client has had nothing yet.
    void failed(ErrorRenderer.Rendered error) {
        new Facts(account, false).write(headers());
        Replies.send(response, error);
        complete();
        end();
    }

    /// Answers with `whole`, headers and body in one piece.
    void answer(ByteBuf whole) {
        Replies.send(response, whole);
        complete();
    }

    /// Writes the headers of a response whose body follows. Returns whether it follows in chunks;
    /// else the connection's end is its end.
    boolean writeHead() {
        boolean chunked =
                headers()
                        .contains(
                                HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED, true);
        response.then().subscribe(_ -> {}, _ -> {});
        return chunked;
    }

    /// Has the server end the response, where it has not.
    void complete() {
        over = true;
        Objects.requireNonNull(server).onComplete();
    }

    /// Gives the permit back once the response has gone out, which the end of this round of the
    /// loop brings unless the client is slow.
    void end() {
        try {
            EventLoops.afterRound(line().loop(), this::release);
        } catch (RejectedExecutionException _) {
            // The server has stopped, and with it every connection.
            permit.giveBack();
        }
    }

    private void release() {
        if (line().drained()) {
            permit.giveBack();
        } else {
            connection().onTerminate().subscribe(_ -> {}, _ -> permit.giveBack(), permit::giveBack);
        }
    }

    /// Closes the connection after the response, so that a reader that waits for the end comes to
    /// one.
    void closeAfterResponse() {
        line().closeAfterResponse(connection());
    }

    private Connection connection() {
        return Objects.requireNonNull(connection);
    }

    private Line line() {
        return Objects.requireNonNull(line);
    }
}
