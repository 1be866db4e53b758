package io.pointsman.gateway.accounting;

import io.pointsman.api.Classification;
import io.pointsman.api.Route;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Writes each record as one line of JSON to the logger `pointsman.ledger`. Thread-safe.
public final class LogLedger implements Ledger {

    private static final Logger LOG = LoggerFactory.getLogger("pointsman.ledger");
    private static final JsonMapper JSON = new JsonMapper();

    @Override
    public void record(RequestRecord request) {
        if (LOG.isInfoEnabled()) {
            LOG.info(line(request));
        }
    }

    /// `request` as one line of JSON.
    static String line(RequestRecord request) {
        var json = JSON.createObjectNode();
        json.put("at", request.receivedAt().toString());
        json.put("id", request.id().value());
        request.tenant().ifPresent(tenant -> json.put("tenant", tenant));
        request.model().ifPresent(model -> json.put("model", model));
        json.put("stream", request.stream());
        json.put("outcome", request.outcome().label());
        request.route().ifPresent(route -> put(json, route));
        request.classification().ifPresent(judged -> put(json, judged));
        put(json, request.attempts());
        var usage = request.usage();
        json.put("prompt_tokens", usage.promptTokens());
        json.put("cached_tokens", usage.cachedTokens());
        json.put("completion_tokens", usage.completionTokens());
        json.put("reasoning_tokens", usage.reasoningTokens());
        json.put("estimated", usage.estimated());
        put(json, "cost_usd", request.cost());
        put(json, "overhead_ms", request.overhead());
        put(json, "ttft_ms", request.timeToFirstToken());
        put(json, "time_to_answer_ms", request.timeToAnswer());
        json.put("classification_ms", millis(request.classificationTime()));
        json.put("duration_ms", millis(request.duration()));
        return json.toString();
    }

    private static void put(ObjectNode json, Route route) {
        json.put("route", route.pool());
        json.put("rule", route.rule());
    }

    private static void put(ObjectNode json, Classification judged) {
        switch (judged) {
            case Classification.Scored scored -> {
                json.put("difficulty", scored.difficulty());
                scored.doubt()
                        .ifPresent(
                                doubt -> json.put("doubt", doubt.name().toLowerCase(Locale.ROOT)));
            }
            case Classification.Unknown(var cause) -> json.put("difficulty_unknown", cause.name());
        }
    }

    private static void put(ObjectNode json, List<Attempt> attempts) {
        var array = json.putArray("attempts");
        for (var attempt : attempts) {
            var entry = array.addObject();
            entry.put("backend", attempt.backend());
            entry.put("outcome", attempt.outcome().label());
            put(entry, "cost_usd", attempt.cost());
        }
    }

    private static void put(ObjectNode json, String name, Optional<?> value) {
        switch (value.orElse(null)) {
            case null -> json.putNull(name);
            case BigDecimal decimal -> json.put(name, decimal);
            case Duration duration -> json.put(name, millis(duration));
            case Object other -> json.put(name, other.toString());
        }
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
