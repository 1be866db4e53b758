package io.pointsman.gateway.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Ledger;
import io.pointsman.gateway.accounting.Ticker;
import io.pointsman.gateway.admission.Authenticator;
import io.pointsman.gateway.config.GatewayConfig.Pings;
import io.pointsman.gateway.config.GatewayConfig.Server;
import io.pointsman.gateway.dispatch.Dispatcher;
import io.pointsman.gateway.learning.Learning;
import io.pointsman.gateway.routing.Routing;
import java.time.InstantSource;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/// `POST /v1/chat/completions`, straight on the HTTP server: nothing of WebFlux is between, which
/// costs more than the gateway's own work on a request. Headers wait for the first visible token,
/// so that a failure before it still has its own status, or for the first ping where a model is
/// silent for long; a client that goes away cancels the call upstream. Immutable.
public final class ChatEndpoint
        implements BiFunction<HttpServerRequest, HttpServerResponse, Mono<Void>> {

    /// Where it is.
    static final String PATH = "/v1/chat/completions";

    private final Entrance entrance;
    private final Intake intake;
    private final BodyReader bodies;
    private final Dispatcher dispatcher;
    private final Learning learning;
    private final Supplier<Routing> routing;
    private final Pings pings;

    /// An endpoint with these collaborators.
    public ChatEndpoint(
            Entrance entrance,
            Authenticator authenticator,
            Server server,
            Supplier<Routing> routing,
            Dispatcher dispatcher,
            Ledger ledger,
            Learning learning,
            InstantSource clock) {
        this.entrance = entrance;
        this.routing = routing;
        this.dispatcher = dispatcher;
        this.learning = learning;
        pings = server.pings();
        bodies = BodyReader.of(server);
        intake = new Intake(authenticator, routing, ledger, Ticker.SYSTEM, clock);
    }

    /// Whether `request` is for this endpoint, in the form in which clients send it. Other
    /// spellings of its path, and hosts whose names may be malformed, are left to WebFlux.
    public static boolean takes(HttpServerRequest request) {
        return HttpMethod.POST.equals(request.method())
                && PATH.equals(request.uri())
                && plain(request.requestHeaders().get(HttpHeaderNames.HOST));
    }

    private static boolean plain(@Nullable String host) {
        if (host == null || host.isEmpty()) {
            return false;
        }
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean common =
                    (c >= 'a' && c <= 'z')
                            || (c >= '0' && c <= '9')
                            || (c >= 'A' && c <= 'Z')
                            || c == '.'
                            || c == '-'
                            || c == ':';
            if (!common) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Mono<Void> apply(HttpServerRequest request, HttpServerResponse response) {
        chunkOnlyWhereKnown(request, response);
        var permit = entrance.enter();
        if (permit.isEmpty()) {
            return Replies.error(response, entrance.refusal());
        }
        return new ChatCall(this, permit.get(), request, response);
    }

    /// A client of HTTP/1.0 knows no chunks: the end of the connection is the end of an answer of
    /// unknown length.
    private static void chunkOnlyWhereKnown(
            HttpServerRequest request, HttpServerResponse response) {
        if (HttpVersion.HTTP_1_0.equals(request.version())) {
            response.chunkedTransfer(false);
        }
    }

    Intake intake() {
        return intake;
    }

    BodyReader bodies() {
        return bodies;
    }

    Pings pings() {
        return pings;
    }

    /// What the model says to a request whose way is known.
    Flux<ChatEvent> answer(Intake.Routed routed, Account account) {
        var answer = dispatcher.dispatch(routed.request(), routed.route(), account);
        return learning.watch(routed.request(), routed.route(), account, answer);
    }

    /// What the answer to `request` becomes.
    AnswerBody body(ChatRequest request, Account account) {
        Function<Boolean, Facts> facts =
                settled -> new Facts(account, settled, parameters(request, account));
        return request.stream() ? new SseBody(request.includeUsage(), facts) : new WholeBody(facts);
    }

    /// What the backend that answers changed in the request.
    private String parameters(ChatRequest request, Account account) {
        return account.backend()
                .flatMap(name -> routing.get().backends().backend(name))
                .map(backend -> backend.adaptations(request))
                .orElse("");
    }
}
