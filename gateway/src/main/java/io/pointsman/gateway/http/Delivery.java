package io.pointsman.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import io.pointsman.api.ChatEvent;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Outcome;
import io.pointsman.gateway.config.GatewayConfig.Pings;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.concurrent.Queues;

/// Carries the events of one answer to its client, once, and settles its account with the answer's
/// end. What it does it does on the event loop of the client's connection; signals may come from
/// any thread.
///
/// All events that are there when the loop comes to it go out in one buffer: those of one read from
/// the backend, as a rule. It waits while the client does not read, and asks the backend for no
/// more than [#PREFETCH] events ahead, so that one stream holds no more than these, one buffer and
/// what the connection takes. With the answer's last event the response is complete, whatever the
/// backend's connection does then. The headers wait for the first bytes, so that a failure before
/// them keeps its own status. While nothing goes out, a timer of the loop sends something that no
/// reader notices; it is set anew only when it runs.
final class Delivery implements CoreSubscriber<ChatEvent> {

    private static final int PREFETCH = 32;
    private static final int REFILL = 24;
    private static final int FULL_BUFFER = 32 << 10;

    private static final AtomicIntegerFieldUpdater<Delivery> SCHEDULED =
            AtomicIntegerFieldUpdater.newUpdater(Delivery.class, "scheduled");

    private final AnswerBody body;
    private final ChatCall call;
    private final Account account;
    private final Line line;
    private final Pings pings;
    private final Frames frames;
    private final Queue<ChatEvent> queue = Queues.<ChatEvent>get(PREFETCH).get();
    private final Runnable deliver = this::deliver;

    private volatile @Nullable Subscription upstream;
    private volatile ErrorRenderer.@Nullable Rendered failure;
    private volatile boolean done;
    private volatile boolean cancelled;
    private volatile int scheduled;

    // The event loop's own.
    private boolean delivering;
    private boolean started;
    private boolean chunked;
    private boolean over;
    private boolean waits;
    private int consumed;
    private long lastWrite = System.nanoTime();
    private @Nullable ScheduledFuture<?> timer;

    Delivery(AnswerBody body, ChatCall call, Account account, Line line, Pings pings) {
        this.body = body;
        this.call = call;
        this.account = account;
        this.line = line;
        this.pings = pings;
        this.frames = new Frames(call.allocator());
    }

    /// Has the pings begin; called on the loop, once it is subscribed to the answer.
    void start() {
        ping();
    }

    /// Gives the answer up for `reason`: whoever has had nothing of it gets an error of its own,
    /// all others one at its end.
    void cut(Throwable reason) {
        onLoop(() -> {
            if (!over && !body.ended()) {
                giveUp(reason);
                deliver();
            }
        });
    }

    private void giveUp(Throwable reason) {
        var rendered = ErrorRenderer.render(reason);
        account.settle(rendered.outcome());
        cancelUpstream();
        queue.clear();
        failure = rendered;
        done = true;
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

    /// The end of an answer settles its request, whatever becomes of the connections after it.
    @Override
    public void onNext(ChatEvent event) {
        if (!queue.offer(event)) {
            throw new IllegalStateException("a backend sent more than was asked for");
        }
        if (event instanceof ChatEvent.Finished) {
            account.settle(Outcome.COMPLETED);
        }
        schedule();
    }

    @Override
    public void onError(Throwable thrown) {
        if (!done) {
            var rendered = ErrorRenderer.render(thrown);
            account.settle(rendered.outcome());
            failure = rendered;
            done = true;
            schedule();
        }
    }

    @Override
    public void onComplete() {
        done = true;
        schedule();
    }

    /// The client is gone.
    void cancel() {
        cancelUpstream();
        onLoop(this::end);
    }

    private void cancelUpstream() {
        cancelled = true;
        account.settle(Outcome.CANCELLED);
        var subscription = upstream;
        if (subscription != null) {
            subscription.cancel();
        }
    }

    private void schedule() {
        if (scheduled == 0 && SCHEDULED.compareAndSet(this, 0, 1)) {
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
        if (delivering) {
            // A write has made the connection writable again; the loop below goes on.
            return;
        }
        delivering = true;
        try {
            pass();
        } catch (RuntimeException bug) {
            frames.discard();
            giveUp(bug);
            finish();
        } finally {
            delivering = false;
        }
    }

    private void pass() {
        while (!over && writable()) {
            fill();
            boolean last = done;
            if (body.ended() || (last && queue.isEmpty())) {
                finish();
            } else if (frames.size() > 0) {
                send();
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
            refill();
        }
    }

    /// What follows may be there already, and then goes with what is waiting.
    private void refill() {
        if (consumed >= REFILL && !done) {
            int more = consumed;
            consumed = 0;
            Objects.requireNonNull(upstream).request(more);
        }
    }

    private void finish() {
        over = true;
        var failed = failure;
        if (failed != null && !started && frames.size() == 0) {
            end();
            call.failed(failed);
            return;
        }
        if (failed != null && !body.ended()) {
            body.fail(failed.json(), frames);
            call.closeAfterResponse();
        }
        var last = frames.take();
        end();
        boolean whole = !started && body.start(call.headers(), ended(last));
        if (whole) {
            call.answer(last);
        } else {
            complete(last);
        }
        call.end();
    }

    private int ended(ByteBuf last) {
        return body.ended() ? last.readableBytes() : -1;
    }

    /// Writes the `last` bytes of a body whose length was not known, and its end.
    private void complete(ByteBuf last) {
        if (!started) {
            chunked = call.writeHead();
        }
        if (last.isReadable()) {
            write(last);
        }
        call.complete();
    }

    /// Sends what is waiting, with more to follow.
    private void send() {
        lastWrite = System.nanoTime();
        if (!started) {
            started = true;
            body.start(call.headers(), -1);
            chunked = call.writeHead();
        }
        write(frames.take());
    }

    private void write(ByteBuf part) {
        line.write(chunked ? Frames.chunk(part) : part);
        line.flush();
    }

    private void end() {
        over = true;
        if (timer != null) {
            timer.cancel(false);
        }
        if (waits) {
            line.onWritable(null);
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
        if (queue.isEmpty() && !done && writable()) {
            frames.raw(body.ping());
            send();
        }
        schedulePing(pings.interval().toNanos());
    }

    private void schedulePing(long nanos) {
        if (!over) {
            timer = line.loop().schedule(this::ping, nanos, TimeUnit.NANOSECONDS);
        }
    }
}
