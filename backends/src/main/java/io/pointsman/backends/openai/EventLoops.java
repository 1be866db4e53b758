package io.pointsman.backends.openai;

import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.netty.resources.LoopResources;

/// The event loop that the connections of clients and of backends share, for as long as the process
/// lives. Thread-safe.
///
/// It is one, so that an answer passes from socket to socket without waking another thread, and so
/// that a client that hangs up and the end of its answer never meet: where they met on two threads,
/// the connection of a call that was just over could be cut off in its next one, and a buffer be
/// lost. Several would need a pool of connections each.
public final class EventLoops {

    private static final int LOOPS = 1;

    private static final LoopResources TRAFFIC =
            LoopResources.create("pointsman", LOOPS, LOOPS, true, true);

    private static final Scheduler TIMER = new Timer();

    private EventLoops() {}

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

    /// Runs what is scheduled on the traffic's loops.
    private static final class Timer implements Scheduler {

        @Override
        public Disposable schedule(Runnable task) {
            return schedule(task, 0, TimeUnit.NANOSECONDS);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            var loop = TRAFFIC.onClient(LoopResources.DEFAULT_NATIVE).next();
            var scheduled = loop.schedule(task, delay, unit);
            return () -> scheduled.cancel(false);
        }

        @Override
        public Worker createWorker() {
            throw new UnsupportedOperationException("deadlines need no worker");
        }
    }
}
