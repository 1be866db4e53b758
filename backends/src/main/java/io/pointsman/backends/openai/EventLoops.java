package io.pointsman.backends.openai;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.NonBlocking;
import reactor.core.scheduler.Scheduler;
import reactor.netty.resources.LoopResources;

/// The event loops that the connections of clients and of backends share: one per core, for as long
/// as the process lives. Thread-safe.
///
/// A call to a backend is made on the loop of the client that waits for it, over a connection of
/// that loop's own. So an answer passes from socket to socket without waking another thread, and
/// the hang-up of a client never meets the end of its answer: on two threads, a call could be cut
/// off on the connection of one that was just over.
public final class EventLoops {

    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private static final LoopResources TRAFFIC =
            LoopResources.DEFAULT_NATIVE && Epoll.isAvailable()
                    ? epoll()
                    : LoopResources.create("pointsman", CORES, CORES, true, true);

    private static final Scheduler TIMER = new Timer();

    private EventLoops() {}

    private static LoopResources epoll() {
        var count = new AtomicInteger();
        ThreadFactory threads = work -> new LoopThread(work, count.incrementAndGet());
        var handlers = InterestAtRoundEnd.over(EpollIoHandler.newFactory());
        var loops =
                LoopResources.colocate(new MultiThreadIoEventLoopGroup(CORES, threads, handlers));
        return _ -> loops;
    }

    /// A timer for deadlines, on the loop that asks for one: each request sets a few and cancels
    /// nearly all, which wakes nobody there and takes no lock. From other threads any loop serves.
    public static Scheduler timer() {
        return TIMER;
    }

    /// The loops of the traffic. Whatever else speaks HTTP has loops of its own, so that it is
    /// answered under load.
    public static LoopResources traffic() {
        return TRAFFIC;
    }

    /// Has `loop` run `task` when it has read from all connections that are ready now and has run
    /// its other tasks. Tasks of one round run in the order in which they came.
    ///
    /// @throws java.util.concurrent.RejectedExecutionException if the loop has stopped
    public static void afterRound(EventLoop loop, Runnable task) {
        ((SingleThreadEventLoop) loop).executeAfterEventLoopIteration(task);
    }

    /// The loop of the traffic that this thread runs; null where it runs none.
    static @Nullable EventLoop current() {
        var loop = next();
        return loop.inEventLoop() ? loop : null;
    }

    /// This thread's loop; from other threads, any.
    private static EventLoop next() {
        return TRAFFIC.onClient(LoopResources.DEFAULT_NATIVE).next();
    }

    /// A loop's thread, on which Reactor lets nobody block.
    private static final class LoopThread extends FastThreadLocalThread implements NonBlocking {

        private LoopThread(Runnable work, int number) {
            super(work, "pointsman-epoll-" + number);
            setDaemon(true);
        }
    }

    /// Runs what is scheduled on the traffic's loops.
    private static final class Timer implements Scheduler {

        @Override
        public Disposable schedule(Runnable task) {
            return schedule(task, 0, TimeUnit.NANOSECONDS);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            var scheduled = next().schedule(task, delay, unit);
            return () -> scheduled.cancel(false);
        }

        @Override
        public Worker createWorker() {
            throw new UnsupportedOperationException("deadlines need no worker");
        }
    }
}
