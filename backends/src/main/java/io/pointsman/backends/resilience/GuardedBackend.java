package io.pointsman.backends.resilience;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.BackendLoad;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.backends.Backend;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;

/// A backend behind a circuit breaker, with its requests in flight counted. Thread-safe.
///
/// A call has succeeded for the breaker with the first chunk that a reader sees, for a reasoner may
/// go on for minutes; it has failed if it fails before that for reasons that another call would
/// meet as well. What a client did wrong, quotas and cancelled calls say nothing about a backend.
public final class GuardedBackend implements Backend {

    private final Backend backend;
    private final CircuitBreaker breaker;
    private final Clock clock;
    private final Duration openFor;
    private final LoadTracker tracker = new LoadTracker();
    private volatile Instant openUntil = Instant.MIN;

    /// Guards `backend`.
    ///
    /// @param clock tells when an open breaker may be tried again
    public GuardedBackend(Backend backend, BreakerSettings settings, Clock clock) {
        this.backend = backend;
        this.clock = clock;
        openFor = settings.openFor();
        breaker = CircuitBreaker.of(backend.descriptor().name(), config(settings, clock));
        breaker.getEventPublisher()
                .onStateTransition(event -> {
                    if (event.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
                        openUntil = clock.instant().plus(openFor);
                    }
                });
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

    @Override
    public Flux<ChatEvent> chat(ChatRequest request) {
        return Flux.defer(() ->
                breaker.tryAcquirePermission()
                        ? Flux.using(Call::new, call -> guarded(call, request), Call::end)
                        : Flux.error(new FailureException(open())));
    }

    private Flux<ChatEvent> guarded(Call call, ChatRequest request) {
        return backend.chat(request)
                .doOnNext(call::see)
                .doOnComplete(call::succeed)
                .doOnError(call::fail);
    }

    private boolean available() {
        return breaker.getState() != CircuitBreaker.State.OPEN
                || clock.instant().isAfter(openUntil);
    }

    private Failure open() {
        var wait = Duration.between(clock.instant(), openUntil);
        return new Failure.Overloaded(
                "Backend '%s' failed too often and is not called for now."
                        .formatted(backend.descriptor().name()),
                wait.isPositive() ? wait : Duration.ofSeconds(1));
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

    /// One call under way: counted from its making to its end, and judged at most once.
    private final class Call {
        private final AtomicBoolean judged = new AtomicBoolean();
        private final long start = breaker.getCurrentTimestamp();
        private volatile boolean shown;

        Call() {
            tracker.begin();
        }

        void see(ChatEvent event) {
            if (!judged.get() && event instanceof Chunk(_, var facts) && facts.visible()) {
                shown = true;
                tracker.firstToken(unit().toNanos(duration()));
                succeed();
            }
        }

        void succeed() {
            if (judged.compareAndSet(false, true)) {
                breaker.onSuccess(duration(), unit());
            }
        }

        void fail(Throwable e) {
            boolean trouble = !(e instanceof FailureException failed) || trouble(failed.failure());
            if (trouble && judged.compareAndSet(false, true)) {
                tracker.trouble();
                breaker.onError(duration(), unit(), e);
            }
        }

        void end() {
            if (judged.compareAndSet(false, true)) {
                breaker.releasePermission();
            }
            tracker.end(shown);
        }

        private long duration() {
            return breaker.getCurrentTimestamp() - start;
        }

        private TimeUnit unit() {
            return breaker.getTimestampUnit();
        }
    }
}
