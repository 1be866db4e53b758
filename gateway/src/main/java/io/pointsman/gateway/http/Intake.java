package io.pointsman.gateway.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.Kind;
import io.pointsman.api.RequestId;
import io.pointsman.api.Route;
import io.pointsman.api.Tenant;
import io.pointsman.api.wire.ChatRequestReader;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Ledger;
import io.pointsman.gateway.accounting.Ticker;
import io.pointsman.gateway.admission.Authenticator;
import io.pointsman.gateway.routing.FactHeader;
import io.pointsman.gateway.routing.Routing;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/// What every request with a chat body goes through before it is answered, in this order: an id and
/// an account, the key, and once its body is there the route. Immutable.
final class Intake {

    private static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");
    private static final AsciiString ROUTE = AsciiString.cached(FactHeader.ROUTE.key());

    private static final Failure LEDGER_FULL =
            new Failure.LedgerFull(
                    "the gateway cannot record what requests cost, and takes none until it can; its"
                            + " operator has to make room in the ledger's folder");

    private final Authenticator authenticator;
    private final Supplier<Routing> routing;
    private final Ledger ledger;
    private final Ticker ticker;
    private final InstantSource clock;

    Intake(
            Authenticator authenticator,
            Supplier<Routing> routing,
            Ledger ledger,
            Ticker ticker,
            InstantSource clock) {
        this.authenticator = authenticator;
        this.routing = routing;
        this.ledger = ledger;
        this.ticker = ticker;
        this.clock = clock;
    }

    /// A request whose way is known.
    record Routed(ChatRequest request, Route route) {}

    /// Opens the account of a request that has come with `headers`.
    Account open(HttpHeaders headers) {
        return new Account(requestId(headers), ledger, ticker, clock.instant());
    }

    /// Whose the request with `headers` is, noted in `account`.
    ///
    /// @throws FailureException if it is nobody's, or no request is taken
    Tenant admit(Account account, HttpHeaders headers) {
        if (!ledger.accepting()) {
            throw new FailureException(LEDGER_FULL);
        }
        var tenant = authenticator.authenticate(headers.get(HttpHeaderNames.AUTHORIZATION));
        account.authenticated(tenant.name());
        return tenant;
    }

    /// Which way the request goes that `tenant` has sent as `bytes` with `headers`, noted in
    /// `account`.
    ///
    /// @throws FailureException if the body cannot be read or there is no such model or route
    Routed route(byte[] bytes, Tenant tenant, Account account, HttpHeaders headers) {
        var request = ChatRequestReader.read(bytes, account.id(), tenant);
        account.read(request);
        var chosen = Optional.ofNullable(headers.get(ROUTE));
        return new Routed(request, routing.get().decide(request, chosen, account));
    }

    /// What kind of work `request` asks for, as far as the classifier in force can tell.
    Optional<Kind> kind(ChatRequest request) {
        return routing.get().classifier().kind(request);
    }

    private static RequestId requestId(HttpHeaders headers) {
        var proposed = headers.get(REQUEST_ID);
        return proposed != null && RequestId.valid(proposed)
                ? new RequestId(proposed)
                : RequestId.random();
    }
}
