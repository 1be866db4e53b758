package io.pointsman.gateway.http;

import io.pointsman.api.BackendLoad;
import io.pointsman.api.Candidate;
import io.pointsman.api.Classification;
import io.pointsman.api.Kind;
import io.pointsman.api.Route;
import io.pointsman.gateway.accounting.Account;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST /v1/route`: what would be decided for a chat request, and why, without calling a model. It
/// is not a request in the ledger's sense.
final class RouteEndpoint {

    private static final JsonMapper JSON = new JsonMapper();

    private final Intake intake;
    private final BodyReader bodies;

    RouteEndpoint(Intake intake, BodyReader bodies) {
        this.intake = intake;
        this.bodies = bodies;
    }

    Mono<ServerResponse> route(ServerRequest request) {
        return Mono.defer(() -> {
            HttpServerRequest own =
                    ServerHttpRequestDecorator.getNativeRequest(request.exchange().getRequest());
            var headers = own.requestHeaders();
            var account = intake.open(headers);
            return Mono.defer(
                            () -> {
                                var tenant = intake.admit(account, headers);
                                return bodies.read(own)
                                        .map(bytes -> intake.route(bytes, tenant, account, headers))
                                        .flatMap(routed -> explain(routed, account));
                            })
                    .onErrorResume(thrown -> ErrorResponses.response(thrown, account));
        });
    }

    private Mono<ServerResponse> explain(Intake.Routed routed, Account account) {
        var route = routed.route();
        var json = JSON.createObjectNode();
        json.put("object", "route");
        json.put("request_id", account.id().value());
        json.put("model", routed.request().model());
        json.put("route", route.pool());
        json.put("rule", route.rule());
        json.put("reason", route.reason());
        account.classification()
                .ifPresent(judged -> put(json, judged, intake.kind(routed.request())));
        candidates(json.putArray("candidates"), route);
        return ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .headers(headers ->
                        new Facts(account, false)
                                .write((fact, value) -> headers.set(fact.key(), value)))
                .bodyValue(json.toString());
    }

    private static void put(ObjectNode json, Classification judged, Optional<Kind> kind) {
        switch (judged) {
            case Classification.Scored scored -> put(json, scored, kind);
            case Classification.Unknown(var cause) -> {
                json.putNull("difficulty");
                json.putArray("difficulty_reasons").add(lowerCase(cause));
            }
        }
    }

    private static void put(ObjectNode json, Classification.Scored scored, Optional<Kind> kind) {
        json.put("difficulty", Facts.rounded(scored.difficulty()));
        json.putArray("difficulty_interval")
                .add(Facts.rounded(scored.interval().low()))
                .add(Facts.rounded(scored.interval().high()));
        json.putObject("chances")
                .put("fast", Facts.rounded(scored.chances().fast()))
                .put("reasoner", Facts.rounded(scored.chances().reasoner()));
        scored.thinkingTokens().ifPresent(tokens -> json.put("thinking_tokens", tokens));
        kind.ifPresent(it -> {
            json.put("task", lowerCase(it.task()));
            json.put("tier", lowerCase(it.tier()));
        });
        json.putObject("novelty")
                .put("measure", Facts.rounded(scored.novelty().measure()))
                .put("novel", scored.novelty().novel());
        scored.doubt().ifPresent(doubt -> json.put("doubt", lowerCase(doubt)));
        var reasons = json.putArray("difficulty_reasons");
        scored.reasons().forEach(reasons::add);
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static void candidates(ArrayNode array, Route route) {
        for (Candidate candidate : route.ranked()) {
            var entry = array.addObject();
            entry.put("backend", candidate.backend().name());
            entry.put("pool", candidate.pool());
            entry.put("model", candidate.backend().model());
            entry.put("context_length", candidate.backend().contextLength());
            put(entry, candidate.load());
        }
    }

    private static void put(ObjectNode entry, BackendLoad load) {
        entry.put("in_flight", load.inFlight());
        entry.put("weight", Facts.rounded(load.weight()));
        if (load.certainty() > 0) {
            entry.put("first_token_ms", Facts.rounded(load.firstTokenMillis()));
        }
        entry.put("queue_depth", load.queueDepth());
        entry.put("kv_utilisation", Facts.rounded(load.kvUtilisation()));
        entry.put("prefix_match", Facts.rounded(load.prefixMatch()));
    }
}
