package io.pointsman.gateway.http;

import io.pointsman.api.Classification;
import io.pointsman.api.Route;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.routing.FactHeader;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What the gateway tells a client about its request: in headers, and where those are gone already,
/// as JSON.
///
/// @param account the request's account as it stands
/// @param settled whether the answer is complete, so that its cost is known
/// @param parameters what was changed in the request for its backend, in words; empty for nothing
record Facts(Account account, boolean settled, String parameters) {

    private static final JsonMapper JSON = new JsonMapper();

    /// The facts of a request whose parameters are nobody's concern.
    Facts(Account account, boolean settled) {
        this(account, settled, "");
    }

    /// Sets the headers.
    void write(HttpHeaders headers) {
        headers.set(FactHeader.REQUEST_ID.key(), account.id().value());
        account.route().ifPresent(route -> write(headers, route));
        account.classification()
                .ifPresent(judged -> headers.set(FactHeader.DIFFICULTY.key(), difficulty(judged)));
        account.backend().ifPresent(name -> headers.set(FactHeader.BACKEND.key(), name));
        if (account.attemptCount() > 0) {
            headers.set(FactHeader.ATTEMPTS.key(), Integer.toString(account.attemptCount()));
        }
        if (!parameters.isEmpty()) {
            headers.set(FactHeader.PARAMETERS.key(), parameters);
        }
        cost().ifPresent(cost -> headers.set(FactHeader.COST_USD.key(), cost.toPlainString()));
    }

    private static void write(HttpHeaders headers, Route route) {
        headers.set(FactHeader.ROUTE.key(), route.pool());
        headers.set(FactHeader.RULE.key(), route.rule());
        headers.set(FactHeader.REASON.key(), route.reason());
    }

    /// The same facts as a JSON object.
    ObjectNode json() {
        var json = JSON.createObjectNode();
        json.put("request_id", account.id().value());
        account.route()
                .ifPresent(route -> {
                    json.put("route", route.pool());
                    json.put("rule", route.rule());
                    json.put("reason", route.reason());
                });
        account.classification()
                .ifPresent(judged -> {
                    if (judged instanceof Classification.Scored scored) {
                        json.put("difficulty", rounded(scored.difficulty()));
                    } else {
                        json.putNull("difficulty");
                    }
                });
        account.backend().ifPresent(name -> json.put("backend", name));
        json.put("attempts", account.attemptCount());
        if (!parameters.isEmpty()) {
            json.put("parameters", parameters);
        }
        cost().ifPresentOrElse(cost -> json.put("cost_usd", cost), () -> json.putNull("cost_usd"));
        return json;
    }

    private Optional<BigDecimal> cost() {
        return settled && account.attemptCount() > 0 ? account.cost() : Optional.empty();
    }

    static String difficulty(Classification judged) {
        return switch (judged) {
            case Classification.Scored scored ->
                    String.format(Locale.ROOT, "%.3f", scored.difficulty());
            case Classification.Unknown _ -> "unknown";
        };
    }

    static double rounded(double score) {
        return Math.round(score * 1000) / 1000.0;
    }
}
