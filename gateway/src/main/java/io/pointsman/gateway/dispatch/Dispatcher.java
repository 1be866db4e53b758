package io.pointsman.gateway.dispatch;

import io.micrometer.core.instrument.MeterRegistry;
import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.Candidate;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.FailureException;
import io.pointsman.api.Route;
import io.pointsman.backends.Backend;
import io.pointsman.backends.openai.EventLoops;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.config.Attempts;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/// Tries the candidates of a route, best first, until one of them shows its first visible token.
/// Until then what a backend sends is held back, so that going on to the next one leaves no trace
/// in the answer; after it, a failure is the stream's. Thread-safe.
///
/// The next candidate is always tried before the same backend again. Where none is left, what
/// failed quickly is tried again after a random wait that doubles, or after the time that the
/// backend asked for; each within the attempts of the request, the budget of the backend and the
/// total deadline.
public final class Dispatcher {

    private final Function<Candidate, Backend> backends;
    private final Map<String, Lane> lanes;
    private final Map<String, Retries> retries;
    private final Lane otherLane;
    private final Retries otherRetries;
    private final Scheduler timer;
    private final LongSupplier nanos;
    private final LongUnaryOperator random;

    /// Finds the backend of a candidate by `backends`; tries as a pool that says nothing does.
    public Dispatcher(Function<Candidate, Backend> backends) {
        this(backends, Map.of(), Map.of());
    }

    /// Finds the backend of a candidate by `backends`.
    ///
    /// @param pools how the requests of each pool are tried
    /// @param retryBudgets the share of each backend's calls that may be made again
    public Dispatcher(
            Function<Candidate, Backend> backends,
            Map<String, Attempts> pools,
            Map<String, Double> retryBudgets) {
        this(
                backends,
                pools,
                retryBudgets,
                EventLoops.timer(),
                System::nanoTime,
                bound -> ThreadLocalRandom.current().nextLong(bound));
    }

    /// The same, with the timers, the time and the randomness given.
    ///
    /// @param random draws a number from 0 to below its argument; called by many threads
    Dispatcher(
            Function<Candidate, Backend> backends,
            Map<String, Attempts> pools,
            Map<String, Double> retryBudgets,
            Scheduler timer,
            LongSupplier nanos,
            LongUnaryOperator random) {
        this.backends = backends;
        this.timer = timer;
        this.nanos = nanos;
        this.random = random;
        lanes = each(pools, attempts -> new Lane(attempts, nanos));
        retries = each(retryBudgets, share -> new Retries(share, nanos));
        otherLane = new Lane(Attempts.DEFAULT, nanos);
        otherRetries = new Retries(0, nanos);
    }

    private static <A, B> Map<String, B> each(Map<String, A> from, Function<A, B> make) {
        var to = new LinkedHashMap<String, B>();
        from.forEach((name, value) -> to.put(name, make.apply(value)));
        return Collections.unmodifiableMap(to);
    }

    /// One live stream for `request`, or a failure: the backend's own where only one was tried,
    /// else [Failure.Exhausted]. Cancelling it cancels the calls being made.
    public Flux<ChatEvent> dispatch(ChatRequest request, Route route, Account account) {
        if (route.ranked().isEmpty()) {
            return Flux.error(new FailureException(Absence.failure(request, route)));
        }
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super ChatEvent> reader) {
                new Dispatch(Dispatcher.this, request, route, account, reader).start();
            }
        };
    }

    /// Shows retries, hedges and what budgets refused in `registry`.
    public void bindTo(MeterRegistry registry) {
        DispatchMetrics.bind(registry, lanes, retries);
    }

    Backend backend(Candidate candidate) {
        return backends.apply(candidate);
    }

    Lane lane(String pool) {
        return lanes.getOrDefault(pool, otherLane);
    }

    Retries retries(Candidate candidate) {
        return retries.getOrDefault(
                BackendDescriptor.configured(candidate.backend().name()), otherRetries);
    }

    Scheduler timer() {
        return timer;
    }

    long now() {
        return nanos.getAsLong();
    }

    /// A random number from 0 to below `bound`, which is above 0.
    long random(long bound) {
        return random.applyAsLong(bound);
    }
}
