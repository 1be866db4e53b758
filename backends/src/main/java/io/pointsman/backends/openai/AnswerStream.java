package io.pointsman.backends.openai;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.ScheduledFuture;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.FailureException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

/// The events of an answer, read from the bytes of a connection as its subscriber asks for them.
/// For one subscriber.
///
/// No more than [#MOST_HELD] bytes are held that nobody has asked for, so that a slow reader slows
/// the server down; within these the connection is read on, for each pause would cost it calls of
/// the system. Whatever has arrived is given out before an error is, for it was produced and is to
/// be paid. What the server still sends after [ChatEvent.Finished] is read for a while and thrown
/// away, so that the connection can be used again; the stream is complete after that.
final class AnswerStream extends Flux<ChatEvent> {

    /// Bytes that may wait undecoded before the connection is left alone.
    static final int MOST_HELD = 32 << 10;

    private static final int FEW_READS = 8;

    /// Where a thread has the bytes that it decodes at once, if they lie outside the heap.
    private static final FastThreadLocal<byte[]> SCRATCH =
            new FastThreadLocal<>() {
                @Override
                protected byte[] initialValue() {
                    return new byte[16 << 10];
                }
            };

    private final Publisher<ByteBuf> bytes;
    private final AnswerReader reader;
    private final EventExecutor loop;
    private final Duration linger;
    private final Runnable came;

    /// @param bytes of the answer, as the connection releases them after each signal
    /// @param reader makes them events; confined to this stream
    /// @param loop where the timer of `linger` runs
    /// @param linger how long a server may keep the connection open behind the end of an answer,
    ///   before it is closed rather than kept
    /// @param came runs whenever bytes have completed events, before these are given out
    AnswerStream(
            Publisher<ByteBuf> bytes,
            AnswerReader reader,
            EventExecutor loop,
            Duration linger,
            Runnable came) {
        this.bytes = bytes;
        this.reader = reader;
        this.loop = loop;
        this.linger = linger;
        this.came = came;
    }

    @Override
    public void subscribe(CoreSubscriber<? super ChatEvent> subscriber) {
        bytes.subscribe(new Reading(subscriber));
    }

    /// The answer being read. Signals of the connection and of the subscriber only leave a note and
    /// drain; one thread at a time does, and all that is not volatile or atomic is its.
    private final class Reading implements CoreSubscriber<ByteBuf>, Subscription {

        private final CoreSubscriber<? super ChatEvent> subscriber;
        private final AtomicLong requested = new AtomicLong();
        private final AtomicInteger draining = new AtomicInteger();
        private final List<ChatEvent> waiting = new ArrayList<>();
        private int taken;
        private long emitted;

        private final Queue<byte[]> arrived = Queues.<byte[]>unbounded(FEW_READS).get();

        /// The bytes of what has arrived and is not decoded.
        private final AtomicInteger held = new AtomicInteger();

        /// Whether a read is asked for that has not come.
        private volatile boolean asked;

        private @Nullable Throwable failure;
        private volatile @Nullable Subscription connection;
        private volatile boolean connectionDone;
        private volatile @Nullable Throwable broken;
        private volatile boolean over;
        private volatile boolean finished;
        private volatile boolean lingered;

        /// Belongs to the loop.
        private @Nullable ScheduledFuture<?> lingering;

        private Reading(CoreSubscriber<? super ChatEvent> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public Context currentContext() {
            return subscriber.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            if (Operators.validate(connection, subscription)) {
                connection = subscription;
                subscriber.onSubscribe(this);
            }
        }

        @Override
        public void onNext(ByteBuf buffer) {
            if (over || finished) {
                return;
            }
            if (!draining.compareAndSet(0, 1)) {
                keep(buffer);
                drain();
                return;
            }
            if (arrived.isEmpty() && taken == waiting.size() && failure == null) {
                asked = false;
                decode(buffer);
            } else {
                keep(buffer);
            }
            drainOn();
        }

        private void keep(ByteBuf buffer) {
            var read = new byte[buffer.readableBytes()];
            buffer.readBytes(read);
            arrived.offer(read);
            held.addAndGet(read.length);
            asked = false;
        }

        private void decode(ByteBuf buffer) {
            if (buffer.hasArray()) {
                int from = buffer.arrayOffset() + buffer.readerIndex();
                decode(buffer.array(), from, buffer.readableBytes());
                return;
            }
            var scratch = SCRATCH.get();
            while (failure == null && buffer.isReadable()) {
                int length = Math.min(buffer.readableBytes(), scratch.length);
                buffer.readBytes(scratch, 0, length);
                decode(scratch, 0, length);
            }
        }

        @Override
        public void onError(Throwable thrown) {
            broken = thrown;
            onComplete();
        }

        @Override
        public void onComplete() {
            connectionDone = true;
            stopLingering();
            drain();
        }

        @Override
        public void request(long count) {
            if (Operators.validate(count)) {
                requested.accumulateAndGet(count, Operators::addCap);
                drain();
            }
        }

        @Override
        public void cancel() {
            if (!over) {
                over = true;
                hangUp();
            }
        }

        private void drain() {
            if (draining.getAndIncrement() == 0) {
                drainOn();
            }
        }

        private void drainOn() {
            int missed = 1;
            while (missed != 0) {
                while (!over && advance()) {
                    // Goes on with what follows.
                }
                missed = draining.addAndGet(-missed);
            }
        }

        /// Gives out what waits, or does what follows when nothing does; whether there is more to
        /// do.
        private boolean advance() {
            if (finished) {
                complete();
                return false;
            }
            while (taken < waiting.size()) {
                if (emitted == requested.get() || over) {
                    ask();
                    return false;
                }
                var event = waiting.get(taken++);
                emitted++;
                subscriber.onNext(event);
                if (event instanceof ChatEvent.Finished) {
                    finished = true;
                    linger();
                    return true;
                }
            }
            waiting.clear();
            taken = 0;
            if (failure != null) {
                fail(failure);
                return false;
            }
            // In this order: the last read arrives before the end does.
            boolean done = connectionDone;
            var read = arrived.poll();
            if (read != null) {
                held.addAndGet(-read.length);
                decode(read, 0, read.length);
                return true;
            }
            if (done) {
                end();
                return true;
            }
            ask();
            return false;
        }

        private void decode(byte[] read, int from, int length) {
            try {
                reader.read(read, from, length, waiting);
            } catch (RuntimeException thrown) {
                failure = thrown;
            }
            noteWaiting();
        }

        private void noteWaiting() {
            if (!waiting.isEmpty()) {
                came.run();
            }
        }

        /// Asks for a read, one at a time, while not too much is held. Nothing is read before the
        /// first event is asked for.
        private void ask() {
            var from = connection;
            if (!asked
                    && from != null
                    && failure == null
                    && !connectionDone
                    && requested.get() > 0
                    && held.get() < MOST_HELD) {
                asked = true;
                from.request(1);
            }
        }

        /// The end of the connection completes the answer, or cuts it off.
        private void end() {
            var thrown = broken;
            if (thrown != null && (thrown instanceof FailureException || !reader.complete())) {
                failure = thrown;
                return;
            }
            try {
                reader.end(waiting);
            } catch (FailureException cut) {
                failure = cut;
            }
            noteWaiting();
        }

        private void complete() {
            if (connectionDone || lingered) {
                over = true;
                subscriber.onComplete();
            }
        }

        private void fail(Throwable thrown) {
            over = true;
            if (!connectionDone) {
                hangUp();
            }
            subscriber.onError(thrown);
        }

        private void hangUp() {
            var from = connection;
            if (from != null) {
                from.cancel();
            }
        }

        private void linger() {
            var from = connection;
            if (from == null || connectionDone) {
                return;
            }
            from.request(Long.MAX_VALUE);
            // What this read has brought may well end the connection's answer.
            loop.execute(() -> closeLater(from));
        }

        /// On the loop, as the connection's own signals are.
        private void closeLater(Subscription from) {
            if (!connectionDone) {
                lingering =
                        loop.schedule(
                                () -> {
                                    lingered = true;
                                    from.cancel();
                                    drain();
                                },
                                linger.toNanos(),
                                TimeUnit.NANOSECONDS);
            }
        }

        private void stopLingering() {
            var timer = lingering;
            if (timer != null) {
                timer.cancel(false);
            }
        }
    }
}
