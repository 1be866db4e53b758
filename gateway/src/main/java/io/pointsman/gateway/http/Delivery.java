package io.pointsman.gateway.http;

import io.netty.util.concurrent.ScheduledFuture;
import io.pointsman.api.ChatEvent;
import io.pointsman.gateway.config.GatewayConfig.Pings;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;

/// Carries the events of one answer to its client: for one subscriber, once. What it does it does
/// on the event loop of the client's connection; signals may come from any thread.
///
/// All events that are there when the loop comes to it go out in one buffer: those of one read from
/// the backend, as a rule. It waits while the client does not read, and asks the backend for no
/// more than [#PREFETCH] events ahead, so that one stream holds no more than these, one buffer and
/// what the connection takes. With the answer's last event the response is complete, whatever the
/// backend's connection does then. The headers wait for the first bytes, so that a failure before
/// them keeps its own status. While nothing goes out, a timer of the loop sends something that no
/// reader notices; it is set anew only when it runs.
final class Delivery implements Publisher<DataBuffer>, CoreSubscriber<ChatEvent>, Subscription {

    private static final int PREFETCH = 16;
    private static final int REFILL = 8;
    private static final int FULL_BUFFER = 32 << 10;

    private static final AtomicLongFieldUpdater<Delivery> REQUESTED =
            AtomicLongFieldUpdater.newUpdater(Delivery.class, "requested");
    private static final AtomicIntegerFieldUpdater<Delivery> SCHEDULED =
            AtomicIntegerFieldUpdater.newUpdater(Delivery.class, "scheduled");

    private final Flux<ChatEvent> events;
    private final AnswerBody body;
    private final ServerHttpResponse response;
    private final Line line;
    private final Pings pings;
    private final Frames frames;
    private final Queue<ChatEvent> queue = Queues.<ChatEvent>get(PREFETCH).get();
    private final Runnable deliver = this::deliver;

    private @Nullable Subscriber<? super DataBuffer> downstream;
    private volatile @Nullable Subscription upstream;
    private volatile @Nullable Throwable failure;
    private volatile boolean done;
    private volatile boolean cancelled;
    private volatile long requested;
    private volatile int scheduled;

    // The event loop's own.
    private boolean started;
    private boolean over;
    private boolean waits;
    private int consumed;
    private long lastWrite = System.nanoTime();
    private @Nullable ScheduledFuture<?> timer;

    Delivery(
            Flux<ChatEvent> events,
            AnswerBody body,
            ServerHttpResponse response,
            Line line,
            Pings pings) {
        this.events = events;
        this.body = body;
        this.response = response;
        this.line = line;
        this.pings = pings;
        this.frames = new Frames(response.bufferFactory());
    }

    @Override
    public void subscribe(Subscriber<? super DataBuffer> subscriber) {
        downstream = subscriber;
        subscriber.onSubscribe(this);
        events.subscribe(this);
        onLoop(this::ping);
    }

    /// Gives the answer up for `reason`: whoever has had nothing of it gets an error of its own,
    /// all others one at its end.
    void cut(Throwable reason) {
        onLoop(() -> {
            if (over || body.ended()) {
                return;
            }
            cancelUpstream();
            queue.clear();
            failure = reason;
            done = true;
            deliver();
        });
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream = subscription;
        if (cancelled) {
            subscription.cancel();
        } else {
            subscription.request(PREFETCH);
        }
    }

    @Override
    public void onNext(ChatEvent event) {
        if (!queue.offer(event)) {
            throw new IllegalStateException("a backend sent more than was asked for");
        }
        schedule();
    }

    @Override
    public void onError(Throwable thrown) {
        if (!done) {
            failure = thrown;
            done = true;
            schedule();
        }
    }

    @Override
    public void onComplete() {
        done = true;
        schedule();
    }

    @Override
    public void request(long n) {
        Operators.addCap(REQUESTED, this, n);
        if (done || !queue.isEmpty()) {
            schedule();
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        cancelUpstream();
        onLoop(this::end);
    }

    private void cancelUpstream() {
        var subscription = upstream;
        if (subscription != null) {
            subscription.cancel();
        }
    }

    private void schedule() {
        if (SCHEDULED.compareAndSet(this, 0, 1)) {
            later(deliver);
        }
    }

    private void onLoop(Runnable action) {
        if (line.loop().inEventLoop()) {
            action.run();
        } else {
            later(action);
        }
    }

    /// Runs `action` on the loop once what it does now is done, so that all events of one read are
    /// there.
    private void later(Runnable action) {
        try {
            line.loop().execute(action);
        } catch (RejectedExecutionException _) {
            // The server has stopped, and with it every connection.
            cancelUpstream();
        }
    }

    private void deliver() {
        scheduled = 0;
        while (!over && requested > 0 && writable()) {
            boolean last = done;
            fill();
            if (body.ended() || (last && queue.isEmpty())) {
                finish();
            } else if (frames.size() > 0) {
                emit();
            } else {
                return;
            }
        }
    }

    private boolean writable() {
        boolean writable = line.writable();
        if (!writable && !waits) {
            waits = true;
            line.onWritable(deliver);
        }
        return writable;
    }

    private void fill() {
        while (frames.size() < FULL_BUFFER) {
            var event = queue.poll();
            if (event == null) {
                break;
            }
            body.add(event, frames);
            consumed++;
        }
        if (consumed >= REFILL && !done) {
            int more = consumed;
            consumed = 0;
            Objects.requireNonNull(upstream).request(more);
        }
    }

    private void finish() {
        var thrown = failure;
        if (thrown != null && !started && frames.size() == 0) {
            end();
            subscriber().onError(thrown);
            return;
        }
        if (thrown != null && !body.ended()) {
            body.fail(ErrorRenderer.render(thrown).json(), frames);
            line.closeAfterResponse();
        }
        if (frames.size() > 0) {
            emit();
        }
        end();
        subscriber().onComplete();
    }

    private void emit() {
        if (!started) {
            started = true;
            body.start(response.getHeaders(), body.ended() ? frames.size() : -1);
        }
        lastWrite = System.nanoTime();
        REQUESTED.decrementAndGet(this);
        subscriber().onNext(frames.take());
    }

    private Subscriber<? super DataBuffer> subscriber() {
        return Objects.requireNonNull(downstream);
    }

    private void end() {
        over = true;
        if (timer != null) {
            timer.cancel(false);
        }
        if (waits) {
            line.onWritable(() -> {});
        }
        queue.clear();
        frames.discard();
    }

    private void ping() {
        if (over || body.ended()) {
            return;
        }
        long quiet = System.nanoTime() - lastWrite;
        long limit = (started ? pings.interval() : pings.firstAfter()).toNanos();
        if (quiet < limit) {
            schedulePing(limit - quiet);
            return;
        }
        if (requested > 0 && queue.isEmpty() && !done && writable()) {
            frames.raw(body.ping());
            emit();
        }
        schedulePing(pings.interval().toNanos());
    }

    private void schedulePing(long nanos) {
        if (!over) {
            timer = line.loop().schedule(this::ping, nanos, TimeUnit.NANOSECONDS);
        }
    }
}
