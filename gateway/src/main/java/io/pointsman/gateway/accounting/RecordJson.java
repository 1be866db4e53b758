package io.pointsman.gateway.accounting;

import io.pointsman.api.Classification;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A record as one line of JSON, without a word of a prompt: what the log and the spool hold. Money
/// is decimal, times are milliseconds. Thread-safe.
///
/// Fields are added over time and never change their meaning, so that a line can be read years
/// later: whoever reads it skips what it does not know.
public final class RecordJson {

    private static final int LONGEST_MODEL = 128;
    private static final char DELETE = 0x7f;

    private final ReasonerPrice reasoner;

    /// The last second that was written, since all of a batch came in it or the next.
    private volatile Second latest = Second.of(0);

    /// Lines that also say what a request would have cost at `reasoner`'s price.
    public RecordJson(ReasonerPrice reasoner) {
        this.reasoner = reasoner;
    }

    /// `request` as UTF-8 JSON, without a line end.
    public byte[] write(RequestRecord request) {
        var json = new JsonLine();
        json.begin();
        writeAt(json, request.receivedAt());
        json.text("id", request.id().value());
        text(json, "tenant", request.tenant());
        if (request.model().isPresent()) {
            json.text("model", plain(request.model().get()));
        }
        json.flag("stream", request.stream());
        json.text("outcome", request.outcome().label());
        if (request.route().isPresent()) {
            var route = request.route().get();
            json.text("route", route.pool());
            json.text("rule", route.rule());
            json.text("reason", route.reason());
        }
        text(json, "policy", request.policyVersion());
        if (request.classification().isPresent()) {
            write(json, request.classification().get());
        }
        write(json, request.attempts());
        var usage = request.usage();
        json.number("prompt_tokens", usage.promptTokens());
        json.number("cached_tokens", usage.cachedTokens());
        json.number("completion_tokens", usage.completionTokens());
        json.number("reasoning_tokens", usage.reasoningTokens());
        json.flag("estimated", usage.estimated());
        money(json, "cost_usd", request.cost());
        money(json, "reasoner_cost_usd", reasoner.cost(request));
        time(json, "overhead_ms", request.overhead());
        time(json, "ttft_ms", request.timeToFirstToken());
        time(json, "time_to_answer_ms", request.timeToAnswer());
        time(json, "time_per_token_ms", request.timePerToken());
        json.millis("classification_ms", request.classificationTime().toNanos());
        json.millis("duration_ms", request.duration().toNanos());
        json.number("request_bytes", request.requestBytes());
        json.number("response_bytes", request.responseBytes());
        json.end();
        return json.toByteArray();
    }

    private void writeAt(JsonLine json, Instant moment) {
        var known = latest;
        if (known.number() != moment.getEpochSecond()) {
            known = Second.of(moment.getEpochSecond());
            latest = known;
        }
        json.text("at", known.text(), moment.getNano());
    }

    /// A second, and how a moment in it begins.
    private record Second(long number, String text) {
        static Second of(long number) {
            var text = Instant.ofEpochSecond(number).toString();
            return new Second(number, text.substring(0, text.length() - 1));
        }
    }

    private static void write(JsonLine json, Classification judged) {
        switch (judged) {
            case Classification.Scored scored -> {
                json.number("difficulty", scored.difficulty());
                if (scored.doubt().isPresent()) {
                    json.text("doubt", scored.doubt().get().name().toLowerCase(Locale.ROOT));
                }
            }
            case Classification.Unknown(var cause) -> json.text("difficulty_unknown", cause.name());
        }
    }

    private static void write(JsonLine json, List<Attempt> attempts) {
        json.beginList("attempts");
        for (var attempt : attempts) {
            write(json, attempt);
        }
        json.endList();
    }

    private static void write(JsonLine json, Attempt attempt) {
        var usage = attempt.usage();
        json.begin();
        text(json, "pool", attempt.pool());
        json.text("backend", attempt.backend());
        json.text("model", attempt.model());
        json.text("outcome", attempt.outcome().label());
        json.number("prompt_tokens", usage.promptTokens());
        json.number("cached_tokens", usage.cachedTokens());
        json.number("completion_tokens", usage.completionTokens());
        json.number("reasoning_tokens", usage.reasoningTokens());
        json.flag("estimated", usage.estimated());
        money(json, "cost_usd", attempt.cost());
        time(json, "ttft_ms", attempt.timeToFirstToken());
        json.millis("duration_ms", attempt.duration().toNanos());
        if (attempt.hedged()) {
            json.flag("hedged", true);
        }
        json.end();
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

    private static void text(JsonLine json, String name, Optional<String> value) {
        if (value.isPresent()) {
            json.text(name, value.get());
        }
    }

    /// An unknown cost is null, never zero.
    private static void money(JsonLine json, String name, Optional<BigDecimal> value) {
        if (value.isPresent()) {
            json.number(name, value.get());
        } else {
            json.nothing(name);
        }
    }

    private static void time(JsonLine json, String name, Optional<Duration> value) {
        if (value.isPresent()) {
            json.millis(name, value.get().toNanos());
        }
    }
}
