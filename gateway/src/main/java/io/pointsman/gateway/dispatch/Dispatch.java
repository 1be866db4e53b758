package io.pointsman.gateway.dispatch;

import io.pointsman.api.Candidate;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.Route;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/// One request being tried, from its first attempt to the end of its answer. Thread-safe: signals
/// come from the reader, from backends and from timers; what is not volatile or atomic is guarded
/// by this object.
///
/// It has two phases. Until an attempt shows a visible token, each is asked for one event at a
/// time, which is held. The first to show one wins: what it held goes to the reader as that asks
/// for it, and from then on the reader's demand goes to the winner and the winner's events go to
/// the reader without a queue, a lock of this object's or an allocation.
final class Dispatch implements Subscription {

    /// Events and bytes without a visible token that are held of one attempt.
    private static final int MOST_HELD = 256;

    private static final int MOST_HELD_BYTES = 1 << 20;
    private static final long LONGEST_BACKOFF = Duration.ofSeconds(10).toNanos();

    private final Dispatcher dispatcher;
    private final ChatRequest request;
    private final Route route;
    private final Account account;
    private final CoreSubscriber<? super ChatEvent> reader;
    private final Lane lane;
    private final long began;

    private final Disposable.Swap total = Disposables.swap();
    private final Disposable.Swap hedge = Disposables.swap();
    private final Disposable.Swap backoff = Disposables.swap();

    private final List<Attempt> running = new ArrayList<>(2);
    private final List<Failure> failures = new ArrayList<>(2);
    private int next;
    private int calls;
    private int retries;

    /// Whether the end is decided: answered, failed or cancelled.
    private boolean over;

    private volatile long requested;
    private volatile @Nullable Attempt winner;
    private volatile @Nullable Throwable aborted;
    private volatile boolean cancelled;

    /// Whether the winner's events go to the reader at once.
    private volatile boolean direct;

    /// Serialises what goes to the reader before that.
    private final AtomicInteger draining = new AtomicInteger();

    private long emitted;
    private boolean told;

    /// Above zero while a signal goes directly to the reader; a second one was the last.
    private final AtomicInteger signals = new AtomicInteger();

    Dispatch(
            Dispatcher dispatcher,
            ChatRequest request,
            Route route,
            Account account,
            CoreSubscriber<? super ChatEvent> reader) {
        this.dispatcher = dispatcher;
        this.request = request;
        this.route = route;
        this.account = account;
        this.reader = reader;
        lane = dispatcher.lane(route.pool());
        began = dispatcher.now();
    }

    void start() {
        reader.onSubscribe(this);
        total.update(later(lane.attempts().totalTimeout().toNanos(), this::outOfTime));
        var planned = lane.attempts().hedge();
        // Tools may have effects, which must not happen twice.
        if (planned.isPresent() && request.tools() == 0) {
            lane.asked();
            hedge.update(later(planned.get().after().toNanos(), this::hedge));
        }
        call(takeNext(), false, false);
    }

    private Disposable later(long nanos, Runnable what) {
        return dispatcher.timer().schedule(what, nanos, TimeUnit.NANOSECONDS);
    }

    private synchronized Candidate takeNext() {
        return route.ranked().get(next++);
    }

    private void call(Candidate candidate, boolean again, boolean hedged) {
        var backend = dispatcher.backend(candidate);
        Attempt attempt;
        synchronized (this) {
            if (over || winner != null) {
                return;
            }
            var accounted = account.attempt(candidate);
            if (accounted.isEmpty()) {
                // The client has gone; it is just not known here yet.
                return;
            }
            attempt = new Attempt(candidate, accounted.get(), hedged);
            running.add(attempt);
            calls++;
        }
        if (!again) {
            dispatcher.retries(candidate).called();
        }
        try {
            backend.chat(
                            request,
                            dispatcher.lane(candidate.pool()).deadlines(),
                            attempt.account::sent)
                    .subscribe(attempt);
        } catch (RuntimeException bug) {
            attempt.onError(bug);
        }
        attempt.calling = false;
    }

    private void hedge() {
        Candidate second;
        synchronized (this) {
            if (over
                    || winner != null
                    || running.size() != 1
                    || calls >= lane.attempts().maxAttempts()
                    || next >= route.ranked().size()) {
                return;
            }
            second = route.ranked().get(next);
            // Another pool is a fallback, not an equal: it must not win for being quick.
            if (!second.pool().equals(running.getFirst().candidate.pool()) || !lane.hedge()) {
                return;
            }
            next++;
        }
        call(second, false, true);
    }

    private void outOfTime() {
        abort(
                new FailureException(
                        new Failure.TimedOut(
                                "The answer was not complete within "
                                        + lane.attempts().totalTimeout().toMillis()
                                        + " ms, the total-timeout of pool "
                                        + route.pool()
                                        + ".",
                                Failure.Deadline.TOTAL)));
    }

    /// Ends the request with `failure`, whatever is under way.
    private void abort(Throwable failure) {
        List<Attempt> left;
        boolean atOnce;
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            aborted = failure;
            atOnce = direct;
            left = stop();
        }
        stopTimers();
        left.forEach(Attempt::cancel);
        if (!atOnce) {
            drain();
        } else if (signals.getAndIncrement() == 0) {
            reader.onError(failure);
        }
    }

    /// Whatever is to be cancelled.
    private List<Attempt> stop() {
        var left = new ArrayList<>(running);
        running.clear();
        var first = winner;
        if (first != null && !left.contains(first)) {
            left.add(first);
        }
        return left;
    }

    private void stopTimers() {
        total.dispose();
        hedge.dispose();
        backoff.dispose();
    }

    private void won(Attempt attempt) {
        List<Attempt> losers;
        synchronized (this) {
            if (over || winner != null) {
                return;
            }
            winner = attempt;
            running.remove(attempt);
            losers = List.copyOf(running);
            running.clear();
        }
        hedge.dispose();
        backoff.dispose();
        for (var loser : losers) {
            loser.cancel();
            loser.account.close(Outcome.CANCELLED);
        }
        if (attempt.hedged) {
            lane.hedgeWon();
        }
        drain();
    }

    private void failed(Attempt attempt, Throwable thrown) {
        if (!(thrown instanceof FailureException failed)) {
            attempt.account.close(Outcome.INTERNAL_ERROR);
            abort(thrown);
            return;
        }
        var failure = failed.failure();
        attempt.account.close(Outcome.of(failure));
        Step step;
        synchronized (this) {
            if (over || winner != null || !running.remove(attempt)) {
                return;
            }
            boolean refused = attempt.refused(failure);
            calls -= refused ? 1 : 0;
            // That a guard has closed meanwhile does not hide why.
            if (!refused || failures.isEmpty()) {
                failures.add(failure);
            }
            step = decide(attempt, failure);
        }
        switch (step) {
            case Step.Call(var candidate) -> call(candidate, false, false);
            case Step.CallAgain(long nanos) ->
                    backoff.update(later(nanos, () -> call(attempt.candidate, true, false)));
            case Step.Wait _ -> {}
            case Step.GiveUp(var reason) -> abort(new FailureException(reason));
        }
    }

    /// What follows the failure of an attempt before its first token.
    private Step decide(Attempt attempt, Failure failure) {
        if (!failure.retryable()) {
            return new Step.GiveUp(failure);
        }
        if (!running.isEmpty()) {
            return new Step.Wait();
        }
        if (calls < lane.attempts().maxAttempts()) {
            if (next < route.ranked().size()) {
                return new Step.Call(takeNext());
            }
            long wait = attempt.refused(failure) ? -1 : retryWait(attempt, failure);
            if (wait >= 0
                    && dispatcher.now() - began + wait < lane.attempts().totalTimeout().toNanos()
                    && dispatcher.retries(attempt.candidate).take()) {
                retries++;
                return new Step.CallAgain(wait);
            }
        }
        return new Step.GiveUp(exhausted());
    }

    /// How many nanoseconds to wait before the same backend is called again; negative where it is
    /// not.
    private long retryWait(Attempt attempt, Failure failure) {
        var rules = lane.attempts();
        long jitter = dispatcher.random(jitterBound());
        if (failure instanceof Failure.Overloaded(_, Duration retryAfter)) {
            return retryAfter.compareTo(rules.maxRetryWait()) > 0
                    ? -1
                    : retryAfter.toNanos() + TimeUnit.MILLISECONDS.toNanos(1) + jitter;
        }
        boolean quick = dispatcher.now() - attempt.began <= rules.retryWithin().toNanos();
        return quick && passing(failure) ? jitter : -1;
    }

    private long jitterBound() {
        long base = lane.attempts().retryBackoff().toNanos();
        return Math.max(1, Math.min(base << Math.min(retries, 16), LONGEST_BACKOFF));
    }

    /// Whether the same call may go well a moment later.
    private static boolean passing(Failure failure) {
        return switch (failure) {
            case Failure.Rejected(_, int status, _) -> status >= 500 || status == 408;
            case Failure.TimedOut(_, var deadline) -> deadline == Failure.Deadline.CONNECT;
            case Failure.Broken _ -> true;
            case Failure.InvalidRequest _,
                    Failure.TooLarge _,
                    Failure.Unauthenticated _,
                    Failure.Forbidden _,
                    Failure.UnknownModel _,
                    Failure.NoCandidate _,
                    Failure.Overloaded _,
                    Failure.LedgerFull _,
                    Failure.ShuttingDown _,
                    Failure.Exhausted _ ->
                    false;
        };
    }

    /// The failure of the only backend that was called, however often, else all of them.
    private Failure exhausted() {
        var last = failures.getLast();
        return next == 1
                ? last
                : new Failure.Exhausted(
                        "all "
                                + failures.size()
                                + " attempts at the route failed; the last said: "
                                + last.message(),
                        failures);
    }

    private void drain() {
        if (draining.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            if (!direct && !cancelled && !told) {
                handOver();
            }
            missed = draining.addAndGet(-missed);
        } while (missed != 0);
    }

    private void handOver() {
        var failure = aborted;
        if (failure != null) {
            told = true;
            reader.onError(failure);
            return;
        }
        var attempt = winner;
        if (attempt == null) {
            return;
        }
        while (emitted < requested && aborted == null && !cancelled) {
            var event = attempt.held.poll();
            if (event == null) {
                break;
            }
            emitted++;
            attempt.account.show(event);
            reader.onNext(event);
        }
        if (attempt.held.isEmpty()) {
            goOn(attempt);
        }
    }

    /// Lets the winner's events go directly to the reader, or ends where it has ended by now.
    private void goOn(Attempt attempt) {
        long more = 0;
        boolean ended;
        synchronized (this) {
            if (over) {
                return;
            }
            ended = attempt.ended;
            if (ended) {
                over = true;
            } else {
                direct = true;
                more = requested == Long.MAX_VALUE ? requested : requested - emitted;
            }
        }
        if (ended) {
            told = true;
            stopTimers();
            tellEnd(attempt.failure);
        } else if (more > 0) {
            attempt.request(more);
        }
    }

    private void tellEnd(@Nullable Throwable failure) {
        if (failure == null) {
            reader.onComplete();
        } else {
            reader.onError(failure);
        }
    }

    private void ended(Attempt attempt, @Nullable Throwable failure) {
        boolean atOnce;
        synchronized (this) {
            if (over) {
                return;
            }
            atOnce = direct;
            if (atOnce) {
                over = true;
            } else {
                attempt.ended = true;
                attempt.failure = failure;
            }
        }
        if (!atOnce) {
            drain();
            return;
        }
        stopTimers();
        if (signals.getAndIncrement() == 0) {
            tellEnd(failure);
        }
    }

    @Override
    public void request(long count) {
        if (!Operators.validate(count)) {
            return;
        }
        if (!direct) {
            synchronized (this) {
                if (!direct) {
                    requested = Operators.addCap(requested, count);
                }
            }
        } else {
            forward(count);
            return;
        }
        drain();
    }

    private void forward(long count) {
        var attempt = winner;
        if (attempt != null) {
            attempt.request(count);
        }
    }

    @Override
    public void cancel() {
        List<Attempt> left;
        synchronized (this) {
            cancelled = true;
            over = true;
            left = stop();
        }
        stopTimers();
        left.forEach(Attempt::cancel);
    }

    /// What follows a failed attempt.
    private sealed interface Step {

        /// Another candidate is called.
        record Call(Candidate candidate) implements Step {}

        /// The same backend is called again, after a wait in nanoseconds.
        record CallAgain(long nanos) implements Step {}

        /// Another attempt is under way.
        record Wait() implements Step {}

        /// Nothing is left to try.
        record GiveUp(Failure reason) implements Step {}
    }

    /// One call to one backend.
    private final class Attempt implements CoreSubscriber<ChatEvent> {

        private final Candidate candidate;
        private final Account.OpenAttempt account;
        private final boolean hedged;
        private final long began = dispatcher.now();
        private final ArrayDeque<ChatEvent> held = new ArrayDeque<>(4);
        private int heldBytes;
        private volatile @Nullable Subscription upstream;
        private volatile boolean lost;
        private volatile boolean calling = true;
        private boolean ended;
        private @Nullable Throwable failure;

        private Attempt(Candidate candidate, Account.OpenAttempt account, boolean hedged) {
            this.candidate = candidate;
            this.account = account;
            this.hedged = hedged;
        }

        /// Whether the backend was never called: what fails while it is being called has been
        /// refused by what guards it.
        private boolean refused(Failure failure) {
            return calling
                    && (failure instanceof Failure.Overloaded
                            || failure instanceof Failure.NoCandidate);
        }

        @Override
        public Context currentContext() {
            return reader.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            if (!Operators.validate(upstream, subscription)) {
                return;
            }
            upstream = subscription;
            if (lost) {
                subscription.cancel();
            } else {
                subscription.request(1);
            }
        }

        @Override
        public void onNext(ChatEvent event) {
            if (lost) {
                return;
            }
            if (winner == this) {
                passOn(event);
            } else {
                account.observe(event);
                hold(event);
            }
        }

        private void passOn(ChatEvent event) {
            if (signals.compareAndSet(0, 1)) {
                account.pass(event);
                reader.onNext(event);
                if (signals.decrementAndGet() != 0) {
                    tellEnd(aborted);
                }
            } else {
                account.observe(event);
            }
        }

        private void hold(ChatEvent event) {
            held.add(event);
            if (opens(event)) {
                won(this);
            } else if (held.size() > MOST_HELD || heldBytes > MOST_HELD_BYTES) {
                cancel();
                failed(
                        this,
                        new FailureException(
                                new Failure.Broken(
                                        "Backend '"
                                                + candidate.backend().name()
                                                + "' sends much but no token.")));
            } else {
                request(1);
            }
        }

        private boolean opens(ChatEvent event) {
            return switch (event) {
                case ChatEvent.Chunk(byte[] json, var facts, _) -> {
                    heldBytes += json.length;
                    yield facts.visible();
                }
                case ChatEvent.Finished _ -> true;
            };
        }

        @Override
        public void onError(Throwable thrown) {
            if (winner == this) {
                ended(this, thrown);
            } else if (!lost) {
                failed(this, thrown);
            }
        }

        @Override
        public void onComplete() {
            if (winner == this) {
                ended(this, null);
            } else if (!lost) {
                failed(
                        this,
                        new FailureException(
                                new Failure.Broken(
                                        "Backend '"
                                                + candidate.backend().name()
                                                + "' ended without an answer.")));
            }
        }

        private void request(long count) {
            var to = upstream;
            if (to != null) {
                to.request(count);
            }
        }

        private void cancel() {
            lost = true;
            var to = upstream;
            if (to != null) {
                to.cancel();
            }
        }
    }
}
