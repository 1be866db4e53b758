package io.pointsman.serving.engine;

import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A publisher for one subscriber and one producing thread. Demand and cancellation come from any
/// thread and are told to the producer through `changed`; signals are sent by the producing thread
/// alone, one after another, and never more items than were asked for. Nothing is buffered: the
/// producer makes an item only where there is [#demand].
final class SerialPublisher<T> implements Flow.Publisher<T> {

    private static final Flow.Subscription NO_SUBSCRIPTION =
            new Flow.Subscription() {
                @Override
                public void request(long n) {}

                @Override
                public void cancel() {}
            };

    private final Consumer<SerialPublisher<T>> subscribed;
    private final Consumer<SerialPublisher<T>> changed;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final AtomicLong demand = new AtomicLong();
    private volatile boolean cancelled;
    private volatile boolean illegalRequest;
    private Flow.@Nullable Subscriber<? super T> subscriber;

    /// @param subscribed told once, on the subscriber's thread, when signals may be sent
    /// @param changed told on any thread when demand has come to where there was none, or the
    ///   subscriber has cancelled
    SerialPublisher(Consumer<SerialPublisher<T>> subscribed, Consumer<SerialPublisher<T>> changed) {
        this.subscribed = subscribed;
        this.changed = changed;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super T> newSubscriber) {
        if (!taken.compareAndSet(false, true)) {
            newSubscriber.onSubscribe(NO_SUBSCRIPTION);
            newSubscriber.onError(
                    new IllegalStateException("this publisher has its subscriber already"));
            return;
        }
        subscriber = newSubscriber;
        newSubscriber.onSubscribe(new Demand());
        subscribed.accept(this);
    }

    /// How many items may be sent now.
    long demand() {
        return over() ? 0 : demand.get();
    }

    /// Whether the subscriber wants nothing more, or broke the rules.
    boolean over() {
        return cancelled || illegalRequest;
    }

    /// Sends an item, for which there must be demand.
    void next(T item) {
        if (!cancelled) {
            demand.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - 1);
            subscriber().onNext(item);
        }
    }

    /// Ends well.
    void complete() {
        if (!cancelled) {
            cancelled = true;
            subscriber().onComplete();
        }
    }

    /// Ends badly.
    void fail(Throwable error) {
        if (!cancelled) {
            cancelled = true;
            subscriber().onError(error);
        }
    }

    /// Ends for a subscriber that is [#over].
    void drop() {
        if (illegalRequest) {
            fail(new IllegalArgumentException("demand must be positive"));
        }
        cancelled = true;
        subscriber = null;
    }

    private Flow.Subscriber<? super T> subscriber() {
        var present = subscriber;
        if (present == null) {
            throw new IllegalStateException("there is no subscriber");
        }
        return present;
    }

    private final class Demand implements Flow.Subscription {

        @Override
        public void request(long n) {
            if (over()) {
                return;
            }
            if (n <= 0) {
                illegalRequest = true;
                changed.accept(SerialPublisher.this);
            } else if (demand.getAndAccumulate(n, Demand::sum) == 0) {
                changed.accept(SerialPublisher.this);
            }
        }

        @Override
        public void cancel() {
            if (!cancelled) {
                cancelled = true;
                changed.accept(SerialPublisher.this);
            }
        }

        private static long sum(long a, long b) {
            long sum = a + b;
            return sum < 0 ? Long.MAX_VALUE : sum;
        }
    }
}
