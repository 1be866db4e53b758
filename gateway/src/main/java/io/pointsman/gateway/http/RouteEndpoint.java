package io.pointsman.gateway.http;

import io.pointsman.api.Candidate;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification;
import io.pointsman.api.Route;
import io.pointsman.gateway.accounting.Account;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST /v1/route`: what would be decided for a chat request, and why, without calling a model. It
/// is not a request in the ledger's sense.
final class RouteEndpoint {

    private static final JsonMapper JSON = new JsonMapper();

    private final Intake intake;

    RouteEndpoint(Intake intake) {
        this.intake = intake;
    }

    Mono<ServerResponse> route(ServerRequest request) {
        return intake.accept(request, RouteEndpoint::explain);
    }

    private static Mono<ServerResponse> explain(ChatRequest request, Route route, Account account) {
        var json = JSON.createObjectNode();
        json.put("object", "route");
        json.put("request_id", account.id().value());
        json.put("model", request.model());
        json.put("route", route.pool());
        json.put("rule", route.rule());
        json.put("reason", route.reason());
        account.classification().ifPresent(judged -> put(json, judged));
        candidates(json.putArray("candidates"), route);
        return ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .headers(new Facts(account, false)::write)
                .bodyValue(json.toString());
    }

    private static void put(ObjectNode json, Classification judged) {
        switch (judged) {
            case Classification.Scored scored -> {
                json.put("difficulty", Facts.rounded(scored.difficulty()));
                var array = json.putArray("difficulty_reasons");
                scored.reasons().forEach(array::add);
            }
            case Classification.Unknown(var cause) -> {
                json.putNull("difficulty");
                json.putArray("difficulty_reasons")
                        .add(cause.name().toLowerCase(java.util.Locale.ROOT));
            }
        }
    }

    private static void candidates(ArrayNode array, Route route) {
        for (Candidate candidate : route.ranked()) {
            var entry = array.addObject();
            entry.put("backend", candidate.backend().name());
            entry.put("pool", candidate.pool());
            entry.put("model", candidate.backend().model());
            entry.put("context_length", candidate.backend().contextLength());
            entry.put("in_flight", candidate.load().inFlight());
        }
    }
}
