package io.pointsman.gateway.accounting;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification;
import io.pointsman.api.RequestId;
import io.pointsman.api.Route;
import io.pointsman.api.Usage;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The open account of one request; thread-safe, since a cancellation may come from any thread.
/// Whatever ends the request settles it, and only the first settlement counts.
public final class Account {

    private final RequestId id;
    private final Ledger ledger;
    private final Ticker ticker;
    private final Instant receivedAt;
    private final long received;
    private final List<Attempt> attempts = new ArrayList<>();

    private @Nullable ChatRequest request;
    private @Nullable String tenant;
    private @Nullable Classification classification;
    private @Nullable Route route;
    private long bodyRead;
    private long classificationNanos;
    private OptionalLong firstCall = OptionalLong.empty();
    private OptionalLong firstToken = OptionalLong.empty();
    private OptionalLong firstAnswer = OptionalLong.empty();
    private @Nullable OpenAttempt open;
    private boolean settled;

    /// Opens the account of request `id`, received now.
    public Account(RequestId id, Ledger ledger, Ticker ticker, Instant receivedAt) {
        this.id = id;
        this.ledger = ledger;
        this.ticker = ticker;
        this.receivedAt = receivedAt;
        this.received = ticker.nanos();
        this.bodyRead = received;
    }

    /// The request that this is the account of.
    public RequestId id() {
        return id;
    }

    /// Notes whose request it is.
    public synchronized void authenticated(String name) {
        tenant = name;
    }

    /// Notes that the body is there and what it asks for.
    public synchronized void read(ChatRequest chatRequest) {
        request = chatRequest;
        bodyRead = ticker.nanos();
    }

    /// Notes what the classifier said and how long it took.
    public synchronized void classified(Classification judged, long nanos) {
        classification = judged;
        classificationNanos = nanos;
    }

    /// Notes where the request goes.
    public synchronized void routed(Route chosen) {
        route = chosen;
    }

    /// Notes that `backend` is being called.
    public synchronized void attempting(BackendDescriptor backend) {
        if (firstCall.isEmpty()) {
            firstCall = OptionalLong.of(ticker.nanos());
        }
        open = new OpenAttempt(backend);
    }

    /// Notes what the backend being called has sent.
    public synchronized void observe(ChatEvent event) {
        if (open == null) {
            return;
        }
        switch (event) {
            case ChatEvent.Chunk(_, var facts) -> {
                open.observe(facts.reasoning(), facts.visible(), facts.usage());
                if (facts.visible() && firstToken.isEmpty()) {
                    firstToken = OptionalLong.of(ticker.nanos());
                }
                if ((facts.content() || facts.toolCall()) && firstAnswer.isEmpty()) {
                    firstAnswer = OptionalLong.of(ticker.nanos());
                }
            }
            case ChatEvent.Finished(_, var usage) -> open.finish(usage);
        }
    }

    /// Notes that the attempt being made has failed, before the request itself is settled.
    public synchronized void attemptFailed(Outcome outcome) {
        closeAttempt(outcome);
    }

    /// The cost so far in US dollars: of the attempts closed and the one being made; empty where
    /// one of them has no price.
    public synchronized Optional<BigDecimal> cost() {
        var all = new ArrayList<>(attempts);
        if (open != null) {
            all.add(open.close(Outcome.COMPLETED, request));
        }
        return costOf(all);
    }

    /// How many calls were made so far.
    public synchronized int attemptCount() {
        return attempts.size() + (open == null ? 0 : 1);
    }

    /// The backend being called, or the last one called; empty where none was.
    public synchronized Optional<String> backend() {
        if (open != null) {
            return Optional.of(open.backend.name());
        }
        return attempts.isEmpty() ? Optional.empty() : Optional.of(attempts.getLast().backend());
    }

    /// Where the request goes; empty before that is known.
    public synchronized Optional<Route> route() {
        return Optional.ofNullable(route);
    }

    /// What the classifier said; empty before it was asked.
    public synchronized Optional<Classification> classification() {
        return Optional.ofNullable(classification);
    }

    /// Closes the account and hands its record to the ledger; does nothing the second time.
    public void settle(Outcome outcome) {
        RequestRecord closed;
        synchronized (this) {
            if (settled) {
                return;
            }
            settled = true;
            // Whoever hangs up after the last event has had the whole answer.
            var end =
                    outcome == Outcome.CANCELLED && open != null && open.finished
                            ? Outcome.COMPLETED
                            : outcome;
            closeAttempt(end);
            closed = toRecord(end);
        }
        ledger.record(closed);
    }

    private void closeAttempt(Outcome outcome) {
        if (open != null) {
            attempts.add(open.close(outcome, request));
            open = null;
        }
    }

    private RequestRecord toRecord(Outcome outcome) {
        return new RequestRecord(
                receivedAt,
                id,
                Optional.ofNullable(tenant),
                Optional.ofNullable(request).map(ChatRequest::model),
                request != null && request.stream(),
                Optional.ofNullable(classification),
                Optional.ofNullable(route),
                attempts,
                attempts.stream().map(Attempt::usage).reduce(Usage.NONE, Account::sum),
                costOf(attempts),
                outcome,
                Duration.ofNanos(classificationNanos),
                since(bodyRead, firstCall),
                since(received, firstToken),
                since(received, firstAnswer),
                Duration.ofNanos(ticker.nanos() - received));
    }

    private static Optional<Duration> since(long start, OptionalLong moment) {
        return moment.isEmpty()
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(moment.getAsLong() - start));
    }

    private static Optional<BigDecimal> costOf(List<Attempt> attempts) {
        var total = BigDecimal.ZERO;
        for (var attempt : attempts) {
            if (attempt.cost().isEmpty()) {
                return Optional.empty();
            }
            total = total.add(attempt.cost().get());
        }
        return Optional.of(total);
    }

    private static Usage sum(Usage a, Usage b) {
        return new Usage(
                a.promptTokens() + b.promptTokens(),
                a.cachedTokens() + b.cachedTokens(),
                a.completionTokens() + b.completionTokens(),
                a.reasoningTokens() + b.reasoningTokens(),
                a.estimated() || b.estimated());
    }

    /// The attempt being made.
    private static final class OpenAttempt {

        private final BackendDescriptor backend;
        private @Nullable Usage measured;
        private boolean finished;
        private int tokens;
        private int reasoningTokens;

        private OpenAttempt(BackendDescriptor backend) {
            this.backend = backend;
        }

        private void observe(boolean reasoning, boolean visible, Optional<Usage> usage) {
            if (visible) {
                tokens++;
            }
            if (reasoning) {
                reasoningTokens++;
            }
            usage.ifPresent(counted -> measured = counted);
        }

        private void finish(Usage usage) {
            measured = usage;
            finished = true;
        }

        /// An attempt that ended before the backend counted is charged what it was seen to produce.
        private Attempt close(Outcome outcome, @Nullable ChatRequest request) {
            var usage = measured != null ? measured : estimate(outcome, request);
            return new Attempt(
                    backend.name(),
                    usage,
                    backend.price().map(price -> price.cost(usage)),
                    outcome);
        }

        private Usage estimate(Outcome outcome, @Nullable ChatRequest request) {
            var started = tokens > 0 || outcome == Outcome.CANCELLED;
            if (!started || request == null) {
                return Usage.NONE;
            }
            return new Usage(request.estimatedPromptTokens(), 0, tokens, reasoningTokens, true);
        }
    }
}
