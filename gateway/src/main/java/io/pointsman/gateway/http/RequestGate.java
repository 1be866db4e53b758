package io.pointsman.gateway.http;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Counts the chat requests under way, and lets no more in than a bound, or none at all once it is
/// closed. Thread-safe.
public final class RequestGate {

    private final int most;
    private final AtomicInteger underWay = new AtomicInteger();
    private final Set<Permit> permits = ConcurrentHashMap.newKeySet();
    private final Object idle = new Object();
    private volatile boolean closed;
    private volatile boolean cut;

    /// @param most how many may be under way at once
    public RequestGate(int most) {
        this.most = most;
    }

    /// Lets a request in; empty where it is one too many or the gate is closed.
    Optional<Permit> enter() {
        if (closed) {
            return Optional.empty();
        }
        if (underWay.incrementAndGet() > most) {
            leave();
            return Optional.empty();
        }
        var permit = new Permit();
        permits.add(permit);
        return Optional.of(permit);
    }

    /// Lets nobody in any more.
    public void close() {
        closed = true;
    }

    /// Whether nobody is let in any more.
    public boolean closed() {
        return closed;
    }

    /// How many requests are under way.
    public int underWay() {
        return underWay.get();
    }

    /// Gives up all that is under way.
    public void cut() {
        cut = true;
        permits.forEach(Permit::cut);
    }

    /// Waits until nothing is under way. Returns whether that came within `patience`.
    public boolean awaitIdle(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        synchronized (idle) {
            while (underWay.get() > 0) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(idle, left);
            }
            return true;
        }
    }

    private void leave() {
        if (underWay.decrementAndGet() == 0) {
            synchronized (idle) {
                idle.notifyAll();
            }
        }
    }

    /// A request's right to be under way; given back once, whatever ends it.
    final class Permit {

        private final AtomicBoolean returned = new AtomicBoolean();
        private @Nullable Runnable onCut;

        /// Has `action` run when the request is given up, at once if it is already.
        void onCut(Runnable action) {
            synchronized (this) {
                onCut = action;
            }
            if (cut) {
                cut();
            }
        }

        void giveBack() {
            if (returned.compareAndSet(false, true)) {
                permits.remove(this);
                leave();
            }
        }

        private void cut() {
            Runnable action;
            synchronized (this) {
                action = onCut;
                onCut = null;
            }
            if (action != null) {
                action.run();
            }
        }
    }
}
