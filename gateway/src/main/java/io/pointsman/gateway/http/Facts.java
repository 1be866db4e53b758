package io.pointsman.gateway.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.pointsman.api.Classification;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.routing.FactHeader;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
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
    private static final Map<FactHeader, AsciiString> NAMES = names();

    private static Map<FactHeader, AsciiString> names() {
        var names = new EnumMap<FactHeader, AsciiString>(FactHeader.class);
        for (var header : FactHeader.values()) {
            names.put(header, AsciiString.cached(header.key()));
        }
        return names;
    }

    /// The facts of a request whose parameters are nobody's concern.
    Facts(Account account, boolean settled) {
        this(account, settled, "");
    }

    /// Sets the headers of a response.
    void write(HttpHeaders headers) {
        write((name, value) -> headers.set(NAMES.get(name), value));
    }

    /// Has `headers` take each header.
    void write(BiConsumer<FactHeader, String> headers) {
        headers.accept(FactHeader.REQUEST_ID, account.id().value());
        account.route()
                .ifPresent(route -> {
                    headers.accept(FactHeader.ROUTE, route.pool());
                    headers.accept(FactHeader.RULE, route.rule());
                    headers.accept(FactHeader.REASON, route.reason());
                });
        account.classification()
                .ifPresent(judged -> headers.accept(FactHeader.DIFFICULTY, difficulty(judged)));
        account.backend().ifPresent(name -> headers.accept(FactHeader.BACKEND, name));
        if (account.attemptCount() > 0) {
            headers.accept(FactHeader.ATTEMPTS, Integer.toString(account.attemptCount()));
        }
        if (!parameters.isEmpty()) {
            headers.accept(FactHeader.PARAMETERS, parameters);
        }
        cost().ifPresent(cost -> headers.accept(FactHeader.COST_USD, cost.toPlainString()));
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
            case Classification.Scored scored -> thousandths(scored.difficulty());
            case Classification.Unknown _ -> "unknown";
        };
    }

    /// A number from 0 to 1 with three digits.
    private static String thousandths(double score) {
        long thousandths = Math.round(score * 1000);
        // A leading one keeps the zeros.
        var digits = Long.toString(1000 + thousandths % 1000);
        return thousandths / 1000 + "." + digits.substring(1);
    }

    static double rounded(double score) {
        return Math.round(score * 1000) / 1000.0;
    }
}
