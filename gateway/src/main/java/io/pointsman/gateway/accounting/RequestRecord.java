package io.pointsman.gateway.accounting;

import io.pointsman.api.Classification;
import io.pointsman.api.RequestId;
import io.pointsman.api.Route;
import io.pointsman.api.Usage;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// All that is kept of one request: never a word of its text.
///
/// @param receivedAt when its first byte was there
/// @param id names it everywhere
/// @param tenant whose it was; empty where it was not authenticated
/// @param model what the client asked for; empty where the body could not be read
/// @param stream whether the client wanted server-sent events
/// @param classification how hard it was judged; empty where nobody judged it
/// @param route where it went and why; empty where it was turned away before
/// @param policyVersion names the rules that sent it there; empty where it was not routed
/// @param attempts the calls to backends, in order
/// @param usage the tokens of all attempts
/// @param cost of all attempts in US dollars; empty where one of them has no price
/// @param outcome how it ended
/// @param classificationTime spent in the classifier
/// @param overhead from the whole body read to the first backend called
/// @param timeToFirstToken until the first visible token, thinking included
/// @param timeToAnswer until the first token after the thinking
/// @param duration until the last byte, or until it was given up
/// @param requestBytes of the body, as the client sent it; 0 where it was not read
/// @param responseBytes of the answer's chunks, as the backend sent them
public record RequestRecord(
        Instant receivedAt,
        RequestId id,
        Optional<String> tenant,
        Optional<String> model,
        boolean stream,
        Optional<Classification> classification,
        Optional<Route> route,
        Optional<String> policyVersion,
        List<Attempt> attempts,
        Usage usage,
        Optional<BigDecimal> cost,
        Outcome outcome,
        Duration classificationTime,
        Optional<Duration> overhead,
        Optional<Duration> timeToFirstToken,
        Optional<Duration> timeToAnswer,
        Duration duration,
        long requestBytes,
        long responseBytes) {

    public RequestRecord {
        attempts = List.copyOf(attempts);
    }

    /// The last attempt to end, which is the one that answers where any does; empty where no
    /// backend was called.
    public Optional<Attempt> answering() {
        return attempts.isEmpty() ? Optional.empty() : Optional.of(attempts.getLast());
    }

    /// The backend of the last attempt; empty where none was called.
    public Optional<String> backend() {
        return answering().map(Attempt::backend);
    }

    /// How long a token of the answering attempt took after the first one, on average; empty where
    /// there are not two.
    public Optional<Duration> timePerToken() {
        var tokens = attempts.isEmpty() ? 0 : attempts.getLast().usage().completionTokens();
        return tokens < 2 || timeToFirstToken.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        Duration.ofNanos(
                                duration.minus(timeToFirstToken.get()).toNanos() / (tokens - 1)));
    }
}
