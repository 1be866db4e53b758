package io.pointsman.gateway.accounting;

import io.pointsman.api.Classification;
import io.pointsman.api.Estimates;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/// Writes each record as one line of JSON, without a word of a prompt: what the log and the spool
/// hold. Money is decimal, times are milliseconds. Confined to one thread.
///
/// Fields are added over time and never change their meaning, so that a line can be read years
/// later: whoever reads it skips what it does not know.
public final class RecordJson {

    private static final int LONGEST_MODEL = 128;
    private static final char DELETE = 0x7f;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
                    .rootValueSeparator("")
                    .build();

    private final OutputStream to;

    /// Kept from record to record: one of its own for each would cost a sixth of all.
    private JsonGenerator json;

    /// Lines that go to `to`.
    public RecordJson(OutputStream to) {
        this.to = to;
        this.json = generator(to);
    }

    private static JsonGenerator generator(OutputStream to) {
        return FACTORY.createGenerator(ObjectWriteContext.empty(), to);
    }

    /// Writes `request` as UTF-8 JSON, without a line end.
    ///
    /// @param reasonerCost what it would have cost on the reasoner, in US dollars; null where that
    ///   is not known
    public void write(RequestRecord request, @Nullable BigDecimal reasonerCost) {
        try {
            write(json, request, reasonerCost);
            json.flush();
        } catch (RuntimeException e) {
            // It would go on within the record that failed.
            json = generator(to);
            throw e;
        }
    }

    private static void write(
            JsonGenerator json, RequestRecord request, @Nullable BigDecimal reasonerCost) {
        json.writeStartObject();
        json.writeStringProperty("at", request.receivedAt().toString());
        json.writeStringProperty("id", request.id().value());
        text(json, "tenant", request.tenant());
        text(json, "model", request.model().map(RecordJson::plain));
        json.writeBooleanProperty("stream", request.stream());
        json.writeStringProperty("outcome", request.outcome().label());
        request.route()
                .ifPresent(route -> {
                    json.writeStringProperty("route", route.pool());
                    json.writeStringProperty("rule", route.rule());
                    json.writeStringProperty("reason", route.reason());
                });
        text(json, "policy", request.policyVersion());
        request.classification().ifPresent(judged -> write(json, judged));
        write(json, request.attempts());
        var usage = request.usage();
        json.writeNumberProperty("prompt_tokens", usage.promptTokens());
        json.writeNumberProperty("cached_tokens", usage.cachedTokens());
        json.writeNumberProperty("completion_tokens", usage.completionTokens());
        json.writeNumberProperty("reasoning_tokens", usage.reasoningTokens());
        estimates(json, usage.estimates());
        money(json, "cost_usd", request.cost().orElse(null));
        money(json, "reasoner_cost_usd", reasonerCost);
        time(json, "overhead_ms", request.overhead());
        time(json, "ttft_ms", request.timeToFirstToken());
        time(json, "time_to_answer_ms", request.timeToAnswer());
        time(json, "time_per_token_ms", request.timePerToken());
        json.writeNumberProperty("classification_ms", millis(request.classificationTime()));
        json.writeNumberProperty("duration_ms", millis(request.duration()));
        json.writeNumberProperty("request_bytes", request.requestBytes());
        json.writeNumberProperty("response_bytes", request.responseBytes());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Classification judged) {
        switch (judged) {
            case Classification.Scored scored -> {
                json.writeNumberProperty("difficulty", scored.difficulty());
                scored.doubt()
                        .ifPresent(doubt -> json.writeStringProperty("doubt", lower(doubt.name())));
            }
            case Classification.Unknown(var cause) ->
                    json.writeStringProperty("difficulty_unknown", cause.name());
        }
    }

    private static void write(JsonGenerator json, List<Attempt> attempts) {
        json.writeArrayPropertyStart("attempts");
        for (var attempt : attempts) {
            write(json, attempt);
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, Attempt attempt) {
        var usage = attempt.usage();
        json.writeStartObject();
        text(json, "pool", attempt.pool());
        json.writeStringProperty("backend", attempt.backend());
        json.writeStringProperty("model", attempt.model());
        json.writeStringProperty("outcome", attempt.outcome().label());
        json.writeNumberProperty("prompt_tokens", usage.promptTokens());
        json.writeNumberProperty("cached_tokens", usage.cachedTokens());
        json.writeNumberProperty("completion_tokens", usage.completionTokens());
        json.writeNumberProperty("reasoning_tokens", usage.reasoningTokens());
        estimates(json, usage.estimates());
        money(json, "cost_usd", attempt.cost().orElse(null));
        time(json, "ttft_ms", attempt.timeToFirstToken());
        json.writeNumberProperty("duration_ms", millis(attempt.duration()));
        if (attempt.hedged()) {
            json.writeBooleanProperty("hedged", true);
        }
        json.writeEndObject();
    }

    /// `name`, which a client may have made up, without what a reader or a database could choke on.
    private static String plain(String name) {
        var cut = name.length() > LONGEST_MODEL ? name.substring(0, LONGEST_MODEL) : name;
        for (int i = 0; i < cut.length(); i++) {
            if (!harmless(cut.charAt(i))) {
                return cut.chars()
                        .map(c -> harmless((char) c) ? c : '?')
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString();
            }
        }
        return cut;
    }

    private static boolean harmless(char c) {
        return c >= ' ' && c != DELETE && !Character.isSurrogate(c);
    }

    private static void text(JsonGenerator json, String name, Optional<String> value) {
        value.ifPresent(text -> json.writeStringProperty(name, text));
    }

    private static void estimates(JsonGenerator json, Estimates estimates) {
        json.writeBooleanProperty("estimated", estimates != Estimates.NONE);
        if (estimates == Estimates.NONE) {
            return;
        }
        json.writeArrayPropertyStart("estimates");
        if (estimates.prompt()) {
            json.writeString("prompt");
        }
        if (estimates.completion()) {
            json.writeString("completion");
        }
        json.writeEndArray();
    }

    /// An unknown cost is null, never zero.
    private static void money(JsonGenerator json, String name, @Nullable BigDecimal value) {
        if (value != null) {
            json.writeNumberProperty(name, value);
        } else {
            json.writeNullProperty(name);
        }
    }

    private static void time(JsonGenerator json, String name, Optional<Duration> value) {
        value.ifPresent(time -> json.writeNumberProperty(name, millis(time)));
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / NANOS_PER_MILLI;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
