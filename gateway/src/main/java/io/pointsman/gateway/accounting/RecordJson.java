package io.pointsman.gateway.accounting;

import io.pointsman.api.Classification;
import io.pointsman.api.Estimates;
import io.pointsman.api.Usage;
import io.pointsman.gateway.accounting.JsonLine.Name;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes each record as one line of JSON, without a word of a prompt: what the log and the spool
/// hold. Money is decimal, times are milliseconds. Confined to one thread.
///
/// Fields are added over time and never change their meaning, so that a line can be read years
/// later: whoever reads it skips what it does not know.
public final class RecordJson {

    private static final int LONGEST_MODEL = 128;
    private static final char DELETE = 0x7f;

    private final ByteArrayOutputStream to;
    private final JsonLine json = new JsonLine();

    /// Lines that go to `to`.
    public RecordJson(ByteArrayOutputStream to) {
        this.to = to;
    }

    /// Writes `request` as UTF-8 JSON, without a line end.
    ///
    /// @param reasonerCost what it would have cost on the reasoner, in US dollars; null where that
    ///   is not known
    public void write(RequestRecord request, @Nullable BigDecimal reasonerCost) {
        json.clear();
        json.begin('{');
        json.member(Name.AT, request.receivedAt());
        json.member(Name.ID, request.id().value());
        text(Name.TENANT, request.tenant());
        text(Name.MODEL, request.model().map(RecordJson::plain));
        json.member(Name.STREAM, request.stream());
        json.member(Name.OUTCOME, request.outcome().label());
        request.route()
                .ifPresent(route -> {
                    json.member(Name.ROUTE, route.pool());
                    json.member(Name.RULE, route.rule());
                    json.member(Name.REASON, route.reason());
                });
        text(Name.POLICY, request.policyVersion());
        request.classification().ifPresent(this::write);
        json.array(Name.ATTEMPTS);
        request.attempts().forEach(this::write);
        json.end(']');
        write(request.usage());
        money(Name.COST_USD, request.cost().orElse(null));
        money(Name.REASONER_COST_USD, reasonerCost);
        time(Name.OVERHEAD_MS, request.overhead());
        time(Name.TTFT_MS, request.timeToFirstToken());
        time(Name.TIME_TO_ANSWER_MS, request.timeToAnswer());
        time(Name.TIME_PER_TOKEN_MS, request.timePerToken());
        json.millis(Name.CLASSIFICATION_MS, request.classificationTime().toNanos());
        json.millis(Name.DURATION_MS, request.duration().toNanos());
        json.member(Name.REQUEST_BYTES, request.requestBytes());
        json.member(Name.RESPONSE_BYTES, request.responseBytes());
        json.end('}');
        json.writeTo(to);
    }

    private void write(Classification judged) {
        switch (judged) {
            case Classification.Scored scored -> {
                json.member(Name.DIFFICULTY, scored.difficulty());
                scored.doubt().ifPresent(doubt -> json.member(Name.DOUBT, lower(doubt.name())));
            }
            case Classification.Unknown(var cause) ->
                    json.member(Name.DIFFICULTY_UNKNOWN, cause.name());
        }
    }

    private void write(Attempt attempt) {
        json.begin('{');
        text(Name.POOL, attempt.pool());
        json.member(Name.BACKEND, attempt.backend());
        json.member(Name.MODEL, attempt.model());
        json.member(Name.OUTCOME, attempt.outcome().label());
        write(attempt.usage());
        money(Name.COST_USD, attempt.cost().orElse(null));
        time(Name.TTFT_MS, attempt.timeToFirstToken());
        json.millis(Name.DURATION_MS, attempt.duration().toNanos());
        if (attempt.hedged()) {
            json.member(Name.HEDGED, true);
        }
        json.end('}');
    }

    private void write(Usage usage) {
        json.member(Name.PROMPT_TOKENS, usage.promptTokens());
        json.member(Name.CACHED_TOKENS, usage.cachedTokens());
        json.member(Name.COMPLETION_TOKENS, usage.completionTokens());
        json.member(Name.REASONING_TOKENS, usage.reasoningTokens());
        json.member(Name.ESTIMATED, usage.estimated());
        if (usage.estimated()) {
            write(usage.estimates());
        }
    }

    private void write(Estimates estimates) {
        json.array(Name.ESTIMATES);
        if (estimates.prompt()) {
            json.element("prompt");
        }
        if (estimates.completion()) {
            json.element("completion");
        }
        json.end(']');
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

    private void text(Name name, Optional<String> value) {
        if (value.isPresent()) {
            json.member(name, value.get());
        }
    }

    /// An unknown cost is null, never zero.
    private void money(Name name, @Nullable BigDecimal value) {
        json.digits(name, value == null ? null : value.toPlainString());
    }

    private void time(Name name, Optional<Duration> value) {
        if (value.isPresent()) {
            json.millis(name, value.get().toNanos());
        }
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
