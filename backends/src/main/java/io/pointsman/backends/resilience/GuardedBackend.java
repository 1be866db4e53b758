package io.pointsman.backends.resilience;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.BackendLoad;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.backends.Backend;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;

/// A backend with a circuit breaker and a count of its calls in flight. The breaker hears of
/// success at the first visible token, not at the end: a reasoner that thinks for minutes is
/// healthy. Only what is the backend's fault counts against it, never a client's mistake or a rate
/// limit. Thread-safe.
public final class GuardedBackend implements Backend {

    private static final CircuitBreakerConfig CONFIG =
            CircuitBreakerConfig.custom()
                    .slidingWindowSize(20)
                    .minimumNumberOfCalls(10)
                    .failureRateThreshold(50)
                    .waitDurationInOpenState(Duration.ofSeconds(10))
                    .permittedNumberOfCallsInHalfOpenState(3)
                    // A breaker that is open gets no calls that could move it on.
                    .automaticTransitionFromOpenToHalfOpenEnabled(true)
                    // Thinking is slow; being slow is no failure.
                    .slowCallRateThreshold(100)
                    .slowCallDurationThreshold(Duration.ofDays(1))
                    .build();

    private final Backend backend;
    private final CircuitBreaker breaker;
    private final AtomicInteger inFlight = new AtomicInteger();

    /// Guards `backend`.
    public GuardedBackend(Backend backend) {
        this.backend = backend;
        this.breaker = CircuitBreaker.of(backend.descriptor().name(), CONFIG);
    }

    @Override
    public BackendDescriptor descriptor() {
        return backend.descriptor();
    }

    /// How busy it is now.
    public BackendLoad load() {
        return new BackendLoad(inFlight.get(), breaker.getState() != CircuitBreaker.State.OPEN);
    }

    @Override
    public Flux<ChatEvent> chat(ChatRequest request) {
        return Flux.defer(() ->
                breaker.tryAcquirePermission()
                        ? guarded(request)
                        : Flux.error(new FailureException(suspended())));
    }

    private Flux<ChatEvent> guarded(ChatRequest request) {
        var verdict = new Verdict();
        inFlight.incrementAndGet();
        return backend.chat(request)
                .doOnNext(verdict::observe)
                .doOnError(verdict::failed)
                .doFinally(_ -> {
                    verdict.abstain();
                    inFlight.decrementAndGet();
                });
    }

    private Failure suspended() {
        return new Failure.Broken(
                "backend " + descriptor().name() + " failed too often and rests for a while");
    }

    @Override
    public void close() {
        backend.close();
    }

    private static boolean blames(Failure failure) {
        return switch (failure) {
            case Failure.TimedOut _, Failure.Broken _ -> true;
            case Failure.Rejected(_, int status, _) -> status >= 500;
            case Failure.InvalidRequest _,
                    Failure.TooLarge _,
                    Failure.Unauthenticated _,
                    Failure.Forbidden _,
                    Failure.UnknownModel _,
                    Failure.NoCandidate _,
                    Failure.Overloaded _,
                    Failure.Exhausted _ ->
                    false;
        };
    }

    /// What the breaker is told of one call, once.
    private final class Verdict {

        private final AtomicBoolean open = new AtomicBoolean(true);
        private final long start = System.nanoTime();

        private void observe(ChatEvent event) {
            var healthy =
                    switch (event) {
                        case ChatEvent.Chunk(_, var facts) -> facts.visible();
                        case ChatEvent.Finished _ -> true;
                    };
            if (healthy && open.compareAndSet(true, false)) {
                breaker.onSuccess(elapsed(), TimeUnit.NANOSECONDS);
            }
        }

        private void failed(Throwable thrown) {
            var blamed = !(thrown instanceof FailureException failed) || blames(failed.failure());
            if (blamed && open.compareAndSet(true, false)) {
                breaker.onError(elapsed(), TimeUnit.NANOSECONDS, thrown);
            }
        }

        private void abstain() {
            if (open.compareAndSet(true, false)) {
                breaker.releasePermission();
            }
        }

        private long elapsed() {
            return System.nanoTime() - start;
        }
    }
}
