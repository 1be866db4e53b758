package io.pointsman.gateway.accounting;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.Candidate;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification;
import io.pointsman.api.RequestId;
import io.pointsman.api.Route;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ChunkFacts;
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
    private @Nullable String policyVersion;
    private long responseBytes;
    private long bodyRead;
    private long classificationNanos;
    private OptionalLong firstCall = OptionalLong.empty();
    private OptionalLong firstToken = OptionalLong.empty();
    private OptionalLong firstAnswer = OptionalLong.empty();
    private final List<OpenAttempt> open = new ArrayList<>();
    private @Nullable OpenAttempt latest;
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

    /// Notes which version of the rules chose the route.
    public synchronized void policy(String version) {
        policyVersion = version;
    }

    /// Notes that the backend of `candidate` is being called; what it sends is told to the attempt.
    /// Several may be open at once, where a request is hedged. Empty where the account is settled:
    /// then nobody may be called any more.
    public synchronized Optional<OpenAttempt> attempt(Candidate candidate) {
        if (settled) {
            return Optional.empty();
        }
        var attempt = new OpenAttempt(candidate, !open.isEmpty());
        if (firstCall.isEmpty()) {
            firstCall = OptionalLong.of(attempt.called);
        }
        open.add(attempt);
        latest = attempt;
        return Optional.of(attempt);
    }

    /// The cost so far in US dollars: of the attempts closed and the one being made; empty where
    /// one of them has no price.
    public synchronized Optional<BigDecimal> cost() {
        if (open.isEmpty()) {
            return costOf(attempts);
        }
        var all = new ArrayList<>(attempts);
        open.forEach(attempt -> all.add(attempt.toAttempt(Outcome.COMPLETED, ticker.nanos())));
        return costOf(all);
    }

    /// How many calls were made so far.
    public synchronized int attemptCount() {
        return attempts.size() + open.size();
    }

    /// The backend that answers, or the last one called; empty where none was.
    public synchronized Optional<String> backend() {
        return Optional.ofNullable(latest).map(attempt -> attempt.backend.name());
    }

    /// The pool that this backend was called as a member of; empty where none was.
    public synchronized Optional<String> pool() {
        return Optional.ofNullable(latest).map(attempt -> attempt.pool);
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
                    outcome == Outcome.CANCELLED && latest != null && latest.finished
                            ? Outcome.COMPLETED
                            : outcome;
            var now = ticker.nanos();
            // The one that answers is the last of the record.
            for (var attempt : List.copyOf(open)) {
                if (attempt != latest) {
                    attempt.close(end, now);
                }
            }
            if (latest != null) {
                latest.close(end, now);
            }
            closed = toRecord(end, now);
        }
        ledger.record(closed);
    }

    private RequestRecord toRecord(Outcome outcome, long now) {
        return new RequestRecord(
                receivedAt,
                id,
                Optional.ofNullable(tenant),
                Optional.ofNullable(request).map(ChatRequest::model),
                request != null && request.stream(),
                Optional.ofNullable(classification),
                Optional.ofNullable(route),
                Optional.ofNullable(policyVersion),
                attempts,
                usageOf(attempts),
                costOf(attempts),
                outcome,
                Duration.ofNanos(classificationNanos),
                since(bodyRead, firstCall),
                since(received, firstToken),
                since(received, firstAnswer),
                Duration.ofNanos(now - received),
                request == null ? 0 : request.body().bytes().length,
                responseBytes);
    }

    private static Optional<Duration> since(long start, OptionalLong moment) {
        return moment.isEmpty()
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(moment.getAsLong() - start));
    }

    private static Usage usageOf(List<Attempt> attempts) {
        if (attempts.size() == 1) {
            return attempts.getFirst().usage();
        }
        var total = Usage.NONE;
        for (var attempt : attempts) {
            total = sum(total, attempt.usage());
        }
        return total;
    }

    private static Optional<BigDecimal> costOf(List<Attempt> attempts) {
        if (attempts.size() == 1) {
            return attempts.getFirst().cost();
        }
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
                a.estimates().and(b.estimates()));
    }

    /// An attempt being made. It is closed with what it is known to have cost, at the latest when
    /// the account is settled; closing it again does nothing.
    public final class OpenAttempt {

        private final String pool;
        private final BackendDescriptor backend;
        private final boolean hedged;
        private final long called = ticker.nanos();
        private OptionalLong firstVisible = OptionalLong.empty();
        private @Nullable Usage measured;
        private boolean finished;
        private volatile boolean sent;
        private boolean closed;
        private int tokens;
        private int reasoningTokens;

        private OpenAttempt(Candidate candidate, boolean hedged) {
            pool = candidate.pool();
            backend = candidate.backend();
            this.hedged = hedged;
        }

        /// Notes that the backend's server or engine has been handed the request.
        public void sent() {
            sent = true;
        }

        /// Notes what the backend has sent.
        public void observe(ChatEvent event) {
            synchronized (Account.this) {
                see(event);
            }
        }

        /// Notes that an event of this attempt's, which was observed, goes on to the client: so
        /// this is the one that answers.
        public void show(ChatEvent event) {
            synchronized (Account.this) {
                goesOn(event, OptionalLong.empty());
            }
        }

        /// Notes what the backend has sent and that it goes on to the client at once.
        public void pass(ChatEvent event) {
            synchronized (Account.this) {
                var first = firstVisible.isEmpty();
                see(event);
                goesOn(event, first ? firstVisible : OptionalLong.empty());
            }
        }

        private void see(ChatEvent event) {
            if (closed) {
                return;
            }
            switch (event) {
                case ChatEvent.Chunk(_, var facts, _) -> {
                    if (facts.visible() && firstVisible.isEmpty()) {
                        firstVisible = OptionalLong.of(ticker.nanos());
                    }
                    tokens += facts.visible() ? 1 : 0;
                    reasoningTokens += facts.reasoning() ? 1 : 0;
                    facts.usage().ifPresent(counted -> measured = counted);
                }
                case ChatEvent.Finished(_, var usage) -> {
                    measured = usage;
                    finished = true;
                }
            }
        }

        /// @param now what the clock says; empty where it was not asked yet
        private void goesOn(ChatEvent event, OptionalLong now) {
            latest = this;
            if (event instanceof ChatEvent.Chunk(var json, var facts, _)) {
                responseBytes += json.length;
                time(facts, now);
            }
        }

        private void time(ChunkFacts facts, OptionalLong known) {
            var token = facts.visible() && firstToken.isEmpty();
            var answer = (facts.content() || facts.toolCall()) && firstAnswer.isEmpty();
            if (token || answer) {
                var now = known.isPresent() ? known : OptionalLong.of(ticker.nanos());
                firstToken = token ? now : firstToken;
                firstAnswer = answer ? now : firstAnswer;
            }
        }

        /// Notes that the attempt is over, before the request itself is settled.
        public void close(Outcome outcome) {
            synchronized (Account.this) {
                close(outcome, ticker.nanos());
            }
        }

        private void close(Outcome outcome, long now) {
            if (!closed) {
                closed = true;
                open.remove(this);
                attempts.add(toAttempt(outcome, now));
            }
        }

        /// An attempt that ended before the backend counted is charged what it was seen to produce.
        private Attempt toAttempt(Outcome outcome, long now) {
            var usage = measured != null ? measured : estimate(outcome);
            return new Attempt(
                    Optional.of(pool),
                    backend.name(),
                    backend.model(),
                    usage,
                    backend.price().map(price -> price.cost(usage)),
                    outcome,
                    since(called, firstVisible),
                    Duration.ofNanos(now - called),
                    hedged);
        }

        private Usage estimate(Outcome outcome) {
            // Whom nothing was sent has read nothing; who refused or broke off is taken to have
            // read nothing either.
            var started = tokens > 0 || (sent && outcome.ours());
            if (!started || request == null) {
                return Usage.NONE;
            }
            return new Usage(request.estimatedPromptTokens(), 0, tokens, reasoningTokens, true);
        }
    }
}
