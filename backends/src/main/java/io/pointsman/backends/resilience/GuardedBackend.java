package io.pointsman.backends.resilience;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.BackendLoad;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.Outage;
import io.pointsman.backends.Backend;
import io.pointsman.backends.Deadlines;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/// A backend behind a circuit breaker, a bulkhead, a rate limiter and the cooldown of its quota,
/// with its requests in flight counted. Thread-safe. A call that one of them refuses fails at once,
/// with [Failure.NoCandidate] where the breaker is open and else with [Failure.Overloaded], and the
/// backend does not hear of it.
///
/// A call has succeeded for the breaker with the first chunk that a reader sees, for a reasoner may
/// go on for minutes; it has failed if it fails before that for reasons that another call would
/// meet as well. What a client did wrong, quotas and cancelled calls say nothing about a backend.
public final class GuardedBackend implements Backend {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Backend backend;
    private final CircuitBreaker breaker;
    private final Clock clock;
    private final Duration openFor;
    private final @Nullable Bulkhead bulkhead;
    private final @Nullable RateLimiter limiter;
    private final @Nullable Cooldown cooldown;
    private final LoadTracker tracker = new LoadTracker();
    private volatile Instant openUntil = Instant.MIN;

    /// Guards `backend` with a breaker alone.
    ///
    /// @param clock tells when an open breaker may be tried again
    public GuardedBackend(Backend backend, BreakerSettings settings, Clock clock) {
        this(backend, Guard.of(settings), clock);
    }

    /// Guards `backend` with all that `guard` has.
    ///
    /// @param clock tells when an open breaker may be tried again
    public GuardedBackend(Backend backend, Guard guard, Clock clock) {
        this.backend = backend;
        this.clock = clock;
        var settings = guard.breaker();
        var name = backend.descriptor().name();
        bulkhead = bulkhead(name, guard.maxInFlight());
        limiter = limiter(name, guard.requestsPerSecond());
        cooldown = guard.cooldown().orElse(null);
        openFor = settings.openFor();
        breaker = CircuitBreaker.of(name, config(settings, clock));
        breaker.getEventPublisher()
                .onStateTransition(event -> {
                    if (event.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
                        openUntil = clock.instant().plus(openFor);
                    }
                });
    }

    private static @Nullable Bulkhead bulkhead(String name, OptionalInt maxInFlight) {
        return maxInFlight.isEmpty()
                ? null
                : Bulkhead.of(
                        name,
                        BulkheadConfig.custom()
                                .maxConcurrentCalls(maxInFlight.getAsInt())
                                .maxWaitDuration(Duration.ZERO)
                                .writableStackTraceEnabled(false)
                                .build());
    }

    private static @Nullable RateLimiter limiter(String name, OptionalInt perSecond) {
        return perSecond.isEmpty()
                ? null
                : RateLimiter.of(
                        name,
                        RateLimiterConfig.custom()
                                .limitForPeriod(perSecond.getAsInt())
                                .limitRefreshPeriod(SECOND)
                                .timeoutDuration(Duration.ZERO)
                                .writableStackTraceEnabled(false)
                                .build());
    }

    private static CircuitBreakerConfig config(BreakerSettings settings, Clock clock) {
        return CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(settings.window())
                .minimumNumberOfCalls(settings.minimumCalls())
                .failureRateThreshold(settings.failureRate())
                .waitDurationInOpenState(settings.openFor())
                .permittedNumberOfCallsInHalfOpenState(settings.trialCalls())
                .slowCallRateThreshold(100)
                .slowCallDurationThreshold(Duration.ofDays(1))
                .clock(clock)
                .writableStackTraceEnabled(false)
                .build();
    }

    @Override
    public BackendDescriptor descriptor() {
        return backend.descriptor();
    }

    @Override
    public String adaptations(ChatRequest request) {
        return backend.adaptations(request);
    }

    /// How busy it is now.
    public BackendLoad load() {
        return new BackendLoad(tracker.inFlight(), available());
    }

    /// What its calls have told.
    public LoadTracker tracker() {
        return tracker;
    }

    /// The state of its breaker, in lower case with underscores.
    public String breakerState() {
        return breaker.getState().name().toLowerCase(Locale.ROOT);
    }

    /// Whether the quota that it calls with is cooling.
    public boolean cooling() {
        return cooldown != null && cooldown.active();
    }

    @Override
    public Flux<ChatEvent> chat(ChatRequest request, Deadlines deadlines) {
        return chat(request, deadlines, () -> {});
    }

    @Override
    public Flux<ChatEvent> chat(ChatRequest request, Deadlines deadlines, Runnable sent) {
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super ChatEvent> reader) {
                var refusal = admit();
                if (refusal != null) {
                    Operators.error(reader, new FailureException(refusal));
                } else {
                    var call = new Call(reader);
                    called(request, deadlines, sent).subscribe(call);
                }
            }
        };
    }

    private Flux<ChatEvent> called(ChatRequest request, Deadlines deadlines, Runnable sent) {
        try {
            return backend.chat(request, deadlines, sent);
        } catch (RuntimeException bug) {
            return Flux.error(bug);
        }
    }

    /// Why no call can be made now; null where one is admitted, which then holds a permit of the
    /// bulkhead and one of the breaker.
    private @Nullable Failure admit() {
        var left = cooldown == null ? Duration.ZERO : cooldown.left();
        if (left.isPositive()) {
            return refused("is out of quota, and is not called until that has cooled", left);
        }
        if (bulkhead != null && !bulkhead.tryAcquirePermission()) {
            return refused("has as many calls under way as max-in-flight lets it have", SECOND);
        }
        if (!breaker.tryAcquirePermission()) {
            releaseBulkhead();
            var wait = Duration.between(clock.instant(), openUntil);
            return new Failure.NoCandidate(
                    said("failed too often and is not called for now"),
                    wait.isPositive() ? wait : SECOND);
        }
        if (limiter != null && !limiter.acquirePermission()) {
            breaker.releasePermission();
            releaseBulkhead();
            return refused("has had as many calls as requests-per-second lets it have", SECOND);
        }
        return null;
    }

    private void releaseBulkhead() {
        if (bulkhead != null) {
            bulkhead.onComplete();
        }
    }

    private Failure refused(String why, Duration wait) {
        return new Failure.Overloaded(said(why), wait);
    }

    private String said(String what) {
        return "Backend '" + backend.descriptor().name() + "' " + what + ".";
    }

    private boolean available() {
        return outage().isEmpty();
    }

    /// Why no call can be made now that could be made later; empty where one can.
    public Optional<Outage> outage() {
        var cools = cooldown == null ? Duration.ZERO : cooldown.left();
        var opens = openFor();
        if (!cools.isPositive() && opens.isEmpty()) {
            return Optional.empty();
        }
        boolean cooling = opens.isEmpty() || cools.compareTo(opens.get()) >= 0;
        return Optional.of(
                cooling
                        ? new Outage(Outage.Cause.COOLING, Optional.of(cools))
                        : new Outage(Outage.Cause.CIRCUIT_OPEN, opens));
    }

    /// How long the breaker stays open; empty where it lets calls through.
    private Optional<Duration> openFor() {
        if (breaker.getState() != CircuitBreaker.State.OPEN) {
            return Optional.empty();
        }
        var left = Duration.between(clock.instant(), openUntil);
        return left.isNegative() ? Optional.empty() : Optional.of(left);
    }

    /// Whether a failure says that the backend itself is in trouble.
    private static boolean trouble(Failure failure) {
        return switch (failure) {
            case Failure.Rejected(_, int status, _) -> status >= 500 || status == 408;
            case Failure.TimedOut _, Failure.Broken _ -> true;
            case Failure.InvalidRequest _,
                    Failure.TooLarge _,
                    Failure.Unauthenticated _,
                    Failure.Forbidden _,
                    Failure.UnknownModel _,
                    Failure.NoCandidate _,
                    Failure.LedgerFull _,
                    Failure.Overloaded _,
                    Failure.ShuttingDown _,
                    Failure.Exhausted _ ->
                    false;
        };
    }

    /// Lets the quota cool where a failure says that it is spent.
    private void cool(Failure failure) {
        if (cooldown == null) {
            return;
        }
        if (failure instanceof Failure.Overloaded(_, Duration retryAfter)) {
            cooldown.begin(retryAfter);
        } else if (failure instanceof Failure.Rejected(_, int status, _) && status == 429) {
            cooldown.begin();
        }
    }

    /// One call under way: counted from its making to its end, and judged at most once. One object
    /// for all of that, since every event passes through it.
    private final class Call implements CoreSubscriber<ChatEvent>, Subscription {

        private final CoreSubscriber<? super ChatEvent> reader;
        private final AtomicBoolean judged = new AtomicBoolean();
        private final AtomicBoolean ended = new AtomicBoolean();
        private final long start = breaker.getCurrentTimestamp();
        private @Nullable Subscription attempt;
        private volatile boolean seen;

        private Call(CoreSubscriber<? super ChatEvent> reader) {
            this.reader = reader;
            tracker.begin();
        }

        @Override
        public Context currentContext() {
            return reader.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            if (Operators.validate(attempt, subscription)) {
                attempt = subscription;
                reader.onSubscribe(this);
            }
        }

        @Override
        public void onNext(ChatEvent event) {
            if (!seen && event instanceof Chunk(_, var facts, _) && facts.visible()) {
                seen = true;
                long took = duration();
                tracker.firstToken(unit().toNanos(took));
                succeed(took);
            }
            reader.onNext(event);
        }

        @Override
        public void onError(Throwable e) {
            if (e instanceof FailureException failed) {
                cool(failed.failure());
            }
            if (!(e instanceof FailureException failed) || trouble(failed.failure())) {
                if (judged.compareAndSet(false, true)) {
                    tracker.trouble();
                    breaker.onError(duration(), unit(), e);
                }
            }
            end();
            reader.onError(e);
        }

        @Override
        public void onComplete() {
            if (!seen) {
                succeed(duration());
            }
            end();
            reader.onComplete();
        }

        @Override
        public void request(long count) {
            var attempt = this.attempt;
            if (attempt != null) {
                attempt.request(count);
            }
        }

        @Override
        public void cancel() {
            var attempt = this.attempt;
            if (attempt != null) {
                attempt.cancel();
            }
            end();
        }

        private void succeed(long took) {
            if (judged.compareAndSet(false, true)) {
                breaker.onSuccess(took, unit());
            }
        }

        private void end() {
            if (ended.compareAndSet(false, true)) {
                if (judged.compareAndSet(false, true)) {
                    breaker.releasePermission();
                }
                releaseBulkhead();
                tracker.end(seen);
            }
        }

        private long duration() {
            return breaker.getCurrentTimestamp() - start;
        }

        private TimeUnit unit() {
            return breaker.getTimestampUnit();
        }
    }
}
