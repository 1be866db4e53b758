package io.pointsman.gateway.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// What is summed up of a record of the spool. Immutable.
///
/// @param at when the request came
/// @param tenant whose it was; empty where it was not authenticated
/// @param model what the client asked for
/// @param route the pool that was chosen; empty where it was turned away before
/// @param outcome its label
/// @param estimated whether any of its tokens are estimated
/// @param cost in US dollars; empty where it is not known
/// @param reasonerCost what it would have cost on the reasoner; empty where that is not known
/// @param attempts the calls to backends, in order
record Entry(
        Instant at,
        Optional<String> tenant,
        Optional<String> model,
        Optional<String> route,
        String outcome,
        boolean estimated,
        Optional<BigDecimal> cost,
        Optional<BigDecimal> reasonerCost,
        List<Call> attempts) {

    private static final JsonFactory FACTORY = new JsonFactory();

    Entry {
        attempts = List.copyOf(attempts);
    }

    /// A call to a backend.
    ///
    /// @param backend its name
    /// @param prompt tokens
    /// @param cached those of the prompt that came from a cache
    /// @param completion tokens
    /// @param reasoning those of the completion that were thinking
    /// @param cost in US dollars; empty where it is not known
    record Call(
            String backend,
            long prompt,
            long cached,
            long completion,
            long reasoning,
            Optional<BigDecimal> cost) {}

    /// Reads a line as [io.pointsman.gateway.accounting.RecordJson] writes it; what it does not
    /// know it skips.
    ///
    /// @throws RuntimeException where it is no such line
    static Entry read(byte[] json) {
        try (var parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            return new Reading(parser).entry();
        }
    }

    /// One line being read.
    private static final class Reading {

        private final JsonParser parser;
        private Instant at = Instant.EPOCH;
        private @Nullable String tenant;
        private @Nullable String model;
        private @Nullable String route;
        private String outcome = "";
        private boolean estimated;
        private @Nullable BigDecimal cost;
        private @Nullable BigDecimal reasonerCost;
        private final List<Call> attempts = new ArrayList<>();

        private Reading(JsonParser parser) {
            this.parser = parser;
        }

        private Entry entry() {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = parser.currentName();
                parser.nextToken();
                field(name);
            }
            return new Entry(
                    at,
                    Optional.ofNullable(tenant),
                    Optional.ofNullable(model),
                    Optional.ofNullable(route),
                    outcome,
                    estimated,
                    Optional.ofNullable(cost),
                    Optional.ofNullable(reasonerCost),
                    attempts);
        }

        private void field(String name) {
            switch (name) {
                case "at" -> at = Instant.parse(parser.getString());
                case "tenant" -> tenant = parser.getString();
                case "model" -> model = parser.getString();
                case "route" -> route = parser.getString();
                case "outcome" -> outcome = parser.getString();
                case "estimated" -> estimated = parser.getBooleanValue();
                case "cost_usd" -> cost = money();
                case "reasoner_cost_usd" -> reasonerCost = money();
                case "attempts" -> {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        attempts.add(call());
                    }
                }
                default -> parser.skipChildren();
            }
        }

        private Call call() {
            var backend = "";
            long prompt = 0;
            long cached = 0;
            long completion = 0;
            long reasoning = 0;
            BigDecimal charged = null;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "backend" -> backend = parser.getString();
                    case "prompt_tokens" -> prompt = parser.getLongValue();
                    case "cached_tokens" -> cached = parser.getLongValue();
                    case "completion_tokens" -> completion = parser.getLongValue();
                    case "reasoning_tokens" -> reasoning = parser.getLongValue();
                    case "cost_usd" -> charged = money();
                    default -> parser.skipChildren();
                }
            }
            return new Call(
                    backend, prompt, cached, completion, reasoning, Optional.ofNullable(charged));
        }

        private @Nullable BigDecimal money() {
            return parser.currentToken() == JsonToken.VALUE_NULL ? null : parser.getDecimalValue();
        }
    }
}
