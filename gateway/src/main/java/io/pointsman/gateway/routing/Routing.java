package io.pointsman.gateway.routing;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification;
import io.pointsman.api.Classifier;
import io.pointsman.api.Route;
import io.pointsman.api.RoutingContext;
import io.pointsman.api.RoutingPolicy;
import io.pointsman.backends.balance.BackendRegistry;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Ticker;
import java.util.Optional;

/// All that decides which way a request goes, as one immutable snapshot of the configuration.
///
/// @param models the names that clients may ask for
/// @param classifier judges how hard a request is
/// @param policy chooses the route
/// @param backends where it can go
/// @param ticker times the classifier
/// @param policyVersion names the rules in records
public record Routing(
        ModelCatalog models,
        Classifier classifier,
        RoutingPolicy policy,
        BackendRegistry backends,
        Ticker ticker,
        String policyVersion) {

    private static final Classification NOT_ASKED =
            new Classification.Unknown(Classification.Cause.NOT_ASKED);

    /// The route of `request`, noted in `account`. The classifier is asked only where the client
    /// leaves the choice open.
    ///
    /// @param header the route that a request header names
    /// @throws io.pointsman.api.FailureException if there is no such model or route
    public Route decide(ChatRequest request, Optional<String> header, Account account) {
        var choice = models.choice(request.model(), header, request.tenant());
        var classification = choice.isPresent() ? NOT_ASKED : classify(request, account);
        var route =
                policy.route(
                        new RoutingContext(
                                request, choice, classification, backends.candidates(request)));
        account.policy(policyVersion);
        account.routed(route);
        return route;
    }

    /// A route of the gateway's own to `pool`, by a `rule` of its own.
    public Route to(String pool, ChatRequest request, String rule) {
        var context =
                new RoutingContext(
                        request, Optional.of(pool), NOT_ASKED, backends.candidates(request));
        return new Route(pool, rule, "the gateway asks " + pool, policy.route(context).ranked());
    }

    private Classification classify(ChatRequest request, Account account) {
        var start = ticker.nanos();
        var classification = classifier.classify(request);
        account.classified(classification, ticker.nanos() - start);
        return classification;
    }
}
