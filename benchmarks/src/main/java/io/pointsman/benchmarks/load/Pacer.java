package io.pointsman.benchmarks.load;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Runs what is due, to the millisecond: a wheel that turns only while something waits. Confined to
/// its loop.
///
/// A timer for each token would cost the upstream more than writing it does.
final class Pacer {

    /// What can wait.
    interface Due {

        /// It is time.
        void due();
    }

    private record Entry(Due due, long tick) {}

    private static final int SLOTS = 4096;
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(1);

    private final EventLoop loop;
    private final List<ArrayDeque<Entry>> wheel =
            Stream.generate(ArrayDeque<Entry>::new).limit(SLOTS).toList();
    private @Nullable ScheduledFuture<?> turning;
    private long tick = System.nanoTime() / TICK;
    private int waiting;

    Pacer(EventLoop loop) {
        this.loop = loop;
    }

    /// Calls `due` after `nanos`.
    void after(long nanos, Due due) {
        long at = (System.nanoTime() + nanos + TICK - 1) / TICK;
        if (turning == null) {
            tick = System.nanoTime() / TICK;
            turning = loop.scheduleAtFixedRate(this::turn, TICK, TICK, TimeUnit.NANOSECONDS);
        }
        at = Math.max(at, tick + 1);
        wheel.get((int) (at % SLOTS)).add(new Entry(due, at));
        waiting++;
    }

    private void turn() {
        long now = System.nanoTime() / TICK;
        while (tick < now) {
            tick++;
            var slot = wheel.get((int) (tick % SLOTS));
            for (int i = slot.size(); i > 0; i--) {
                var entry = slot.remove();
                if (entry.tick > tick) {
                    slot.add(entry);
                } else {
                    waiting--;
                    entry.due.due();
                }
            }
        }
        if (waiting == 0 && turning != null) {
            turning.cancel(false);
            turning = null;
        }
    }
}
