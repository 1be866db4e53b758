package io.pointsman.backends;

import io.pointsman.api.ChatEvent;
import io.pointsman.api.Failure;
import io.pointsman.api.Failure.Deadline;
import io.pointsman.api.FailureException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/// Ends attempts that miss a deadline. Immutable; each subscription has its own [Watch].
///
/// Only events count: a comment, an empty line or half an event shows no progress. Between tokens
/// only the time in which somebody asked for an event counts, so that a slow reader does not look
/// like a stalled backend. An attempt has one timer at a time, which looks at the moment of the
/// last event when it goes off; events themselves schedule nothing.
///
/// @param backend the backend's name, for messages
/// @param connect from the subscription until [Watch#connected]; zero where nothing is connected to
/// @param firstToken from the subscription until the first visible token
/// @param betweenTokens from one event to the next after it
/// @param timer where timers run
/// @param nanos tells the time; only differences count
public record Watchdog(
        String backend,
        Duration connect,
        Duration firstToken,
        Duration betweenTokens,
        Scheduler timer,
        LongSupplier nanos) {

    /// Watches with the system's timers.
    public static Watchdog of(
            String backend, Duration connect, Duration firstToken, Duration betweenTokens) {
        return new Watchdog(
                backend,
                connect,
                firstToken,
                betweenTokens,
                Schedulers.parallel(),
                System::nanoTime);
    }

    /// The attempt that `attempt` makes, watched from its subscription to its end.
    public Flux<ChatEvent> watch(Function<Watch, Flux<ChatEvent>> attempt) {
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super ChatEvent> reader) {
                var watch = new Watch(Watchdog.this, reader);
                // A reader that gives up at once has nobody called.
                if (watch.start()) {
                    make(attempt, watch);
                }
            }
        };
    }

    private static void make(Function<Watch, Flux<ChatEvent>> attempt, Watch watch) {
        Flux<ChatEvent> events;
        try {
            events = attempt.apply(watch);
        } catch (RuntimeException bug) {
            events = Flux.error(bug);
        }
        events.subscribe(watch);
    }

    /// What an attempt waits for.
    private enum Phase {
        CONNECTION,
        FIRST_TOKEN,
        NEXT_EVENT,
        OVER
    }

    /// One attempt being watched. Signals come from the backend's thread and the timer's; a counter
    /// serialises what goes on to the reader.
    public static final class Watch implements CoreSubscriber<ChatEvent>, Subscription {

        private final Watchdog deadlines;
        private final CoreSubscriber<? super ChatEvent> reader;
        private final long began;
        private final Disposable.Swap timer = Disposables.swap();

        /// Above zero while a signal goes to the reader; a second one means that it was the last.
        private final AtomicInteger signals = new AtomicInteger();

        /// How many events were asked for.
        private final AtomicLong asked = new AtomicLong();

        /// How many came; written by the backend's thread alone.
        private final AtomicLong given = new AtomicLong();

        private volatile long last;
        private volatile Phase phase;
        private volatile @Nullable FailureException lateness;
        private volatile @Nullable Subscription attempt;
        private volatile @Nullable Runnable giveUp;

        /// What was asked for before there was anybody to ask.
        private long early;

        /// Whether the attempt says by itself when events come.
        private boolean announced;

        private Watch(Watchdog deadlines, CoreSubscriber<? super ChatEvent> reader) {
            this.deadlines = deadlines;
            this.reader = reader;
            began = deadlines.nanos.getAsLong();
            last = began;
            phase = deadlines.connect.isZero() ? Phase.FIRST_TOKEN : Phase.CONNECTION;
        }

        /// Begins to watch; whether the reader still wants the attempt.
        private boolean start() {
            reader.onSubscribe(this);
            if (over()) {
                return false;
            }
            scheduleWithin(limit(phase).toNanos());
            return true;
        }

        /// Runs `stop` if the attempt is given up before its connection stands.
        public void connecting(Runnable stop) {
            giveUp = stop;
            if (over()) {
                stop.run();
            }
        }

        /// Notes that the connection stands.
        public void connected() {
            giveUp = null;
            if (phase == Phase.CONNECTION) {
                phase = Phase.FIRST_TOKEN;
            }
        }

        /// Notes that events have come, which are given out as they are asked for. An attempt that
        /// says so once says so of all its events, and the clock is read once for as many as come
        /// together.
        public void came() {
            announced = true;
            last = deadlines.nanos.getAsLong();
        }

        /// Whether the attempt has ended or is given up.
        public boolean over() {
            return phase == Phase.OVER;
        }

        private Duration limit(Phase waiting) {
            return switch (waiting) {
                case CONNECTION -> min(deadlines.connect, deadlines.firstToken);
                case FIRST_TOKEN -> deadlines.firstToken;
                case NEXT_EVENT, OVER -> deadlines.betweenTokens;
            };
        }

        private static Duration min(Duration a, Duration b) {
            return a.compareTo(b) < 0 ? a : b;
        }

        /// Early enough for the next event to become late, whichever phase has begun by then.
        private void scheduleWithin(long delay) {
            schedule(Math.min(delay, deadlines.betweenTokens.toNanos()));
        }

        private void schedule(long delay) {
            timer.update(
                    deadlines.timer.schedule(this::look, Math.max(1, delay), TimeUnit.NANOSECONDS));
        }

        /// Looks whether the attempt is late, and when to look again.
        private void look() {
            var now = phase;
            if (now == Phase.OVER) {
                return;
            }
            long since = now == Phase.NEXT_EVENT ? last : began;
            long left = limit(now).toNanos() - (deadlines.nanos.getAsLong() - since);
            if (now == Phase.NEXT_EVENT && asked.get() == given.get()) {
                schedule(limit(now).toNanos());
            } else if (left > 0) {
                scheduleWithin(left);
            } else if (phase == now && (now != Phase.NEXT_EVENT || last == since)) {
                trip(now);
            } else {
                schedule(limit(phase).toNanos());
            }
        }

        private void trip(Phase missed) {
            phase = Phase.OVER;
            lateness = new FailureException(late(missed));
            var attempt = this.attempt;
            if (attempt != null) {
                attempt.cancel();
            }
            stopConnecting();
            if (signals.getAndIncrement() == 0) {
                fail();
            }
        }

        private void stopConnecting() {
            var stop = giveUp;
            if (stop != null) {
                stop.run();
            }
        }

        private void fail() {
            var lateness = this.lateness;
            if (lateness != null) {
                reader.onError(lateness);
            }
        }

        private Failure late(Phase missed) {
            var connecting =
                    missed == Phase.CONNECTION
                            && deadlines.connect.compareTo(deadlines.firstToken) <= 0;
            long millis = limit(missed).toMillis();
            if (connecting) {
                return new Failure.TimedOut(
                        "Backend '"
                                + deadlines.backend
                                + "' could not be connected to within "
                                + millis
                                + " ms.",
                        Deadline.CONNECT);
            }
            return missed == Phase.NEXT_EVENT
                    ? new Failure.TimedOut(
                            "Backend '"
                                    + deadlines.backend
                                    + "' fell silent within its answer for "
                                    + millis
                                    + " ms.",
                            Deadline.BETWEEN_TOKENS)
                    : new Failure.TimedOut(
                            "Backend '"
                                    + deadlines.backend
                                    + "' sent no token within "
                                    + millis
                                    + " ms.",
                            Deadline.FIRST_TOKEN);
        }

        @Override
        public Context currentContext() {
            return reader.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            if (!Operators.validate(attempt, subscription)) {
                return;
            }
            long asked;
            synchronized (this) {
                attempt = subscription;
                asked = early;
            }
            if (phase == Phase.OVER) {
                subscription.cancel();
            } else if (asked > 0) {
                subscription.request(asked);
            }
        }

        @Override
        public void onNext(ChatEvent event) {
            if (!signals.compareAndSet(0, 1)) {
                return;
            }
            see(event);
            reader.onNext(event);
            if (signals.decrementAndGet() != 0) {
                fail();
            }
        }

        private void see(ChatEvent event) {
            given.lazySet(given.get() + 1);
            if (!announced) {
                last = deadlines.nanos.getAsLong();
            }
            switch (event) {
                case ChatEvent.Chunk(_, var facts, _) -> {
                    if (phase.compareTo(Phase.NEXT_EVENT) < 0 && facts.visible()) {
                        phase = Phase.NEXT_EVENT;
                    }
                }
                case ChatEvent.Finished _ -> end();
            }
        }

        private void end() {
            phase = Phase.OVER;
            timer.dispose();
        }

        @Override
        public void onError(Throwable failure) {
            end();
            if (signals.getAndIncrement() == 0) {
                reader.onError(failure);
            } else {
                Operators.onErrorDropped(failure, reader.currentContext());
            }
        }

        @Override
        public void onComplete() {
            end();
            if (signals.getAndIncrement() == 0) {
                reader.onComplete();
            }
        }

        @Override
        public void request(long count) {
            if (Operators.validate(count)) {
                if (asked.getAndAccumulate(count, Operators::addCap) == given.get()) {
                    last = deadlines.nanos.getAsLong();
                }
                var attempt = this.attempt;
                if (attempt != null || (attempt = attachedOrLater(count)) != null) {
                    attempt.request(count);
                }
            }
        }

        private synchronized @Nullable Subscription attachedOrLater(long count) {
            if (attempt == null) {
                early = Operators.addCap(early, count);
            }
            return attempt;
        }

        @Override
        public void cancel() {
            end();
            var attempt = this.attempt;
            if (attempt != null) {
                attempt.cancel();
            }
            stopConnecting();
        }
    }
}
