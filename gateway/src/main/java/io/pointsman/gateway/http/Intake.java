package io.pointsman.gateway.http;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.RequestId;
import io.pointsman.api.Route;
import io.pointsman.api.wire.ChatRequestReader;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Ledger;
import io.pointsman.gateway.accounting.Outcome;
import io.pointsman.gateway.accounting.Ticker;
import io.pointsman.gateway.admission.Authenticator;
import io.pointsman.gateway.routing.FactHeader;
import io.pointsman.gateway.routing.Routing;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// What every request with a chat body goes through before it is answered: an id and an account,
/// the key, the body, the route. Immutable.
final class Intake {

    private static final String REQUEST_ID = "x-request-id";

    private static final Failure LEDGER_FULL =
            new Failure.LedgerFull(
                    "the gateway cannot record what requests cost, and takes none until it can; its"
                            + " operator has to make room in the ledger's folder");

    private final Authenticator authenticator;
    private final BodyReader bodies;
    private final Supplier<Routing> routing;
    private final Ledger ledger;
    private final Ticker ticker;
    private final InstantSource clock;

    Intake(
            Authenticator authenticator,
            BodyReader bodies,
            Supplier<Routing> routing,
            Ledger ledger,
            Ticker ticker,
            InstantSource clock) {
        this.authenticator = authenticator;
        this.bodies = bodies;
        this.routing = routing;
        this.ledger = ledger;
        this.ticker = ticker;
        this.clock = clock;
    }

    /// What is done with a request whose route is known. It settles the account.
    @FunctionalInterface
    interface Answer {
        Mono<ServerResponse> to(ChatRequest request, Route route, Account account);
    }

    /// Lets `request` in and has it answered, or answers with what is wrong with it.
    Mono<ServerResponse> accept(ServerRequest request, Answer answer) {
        return Mono.defer(() -> {
            var headers = request.headers().asHttpHeaders();
            var account = new Account(requestId(headers), ledger, ticker, clock.instant());
            return Mono.defer(() -> admit(request, headers, account, answer))
                    .doOnCancel(() -> account.settle(Outcome.CANCELLED))
                    .onErrorResume(thrown -> ErrorResponses.response(thrown, account));
        });
    }

    private Mono<ServerResponse> admit(
            ServerRequest request, HttpHeaders headers, Account account, Answer answer) {
        if (!ledger.accepting()) {
            throw new FailureException(LEDGER_FULL);
        }
        var tenant = authenticator.authenticate(headers.getFirst(HttpHeaders.AUTHORIZATION));
        account.authenticated(tenant.name());
        return bodies.read(request.exchange().getRequest())
                .flatMap(bytes -> {
                    var chat = ChatRequestReader.read(bytes, account.id(), tenant);
                    account.read(chat);
                    var route = routing.get().decide(chat, chosen(headers), account);
                    return answer.to(chat, route, account);
                });
    }

    private static Optional<String> chosen(HttpHeaders headers) {
        return Optional.ofNullable(headers.getFirst(FactHeader.ROUTE.key()));
    }

    private static RequestId requestId(HttpHeaders headers) {
        var proposed = headers.getFirst(REQUEST_ID);
        return proposed != null && RequestId.valid(proposed)
                ? new RequestId(proposed)
                : RequestId.random();
    }
}
