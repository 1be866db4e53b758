package io.pointsman.backends.balance;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import reactor.util.Logger;
import reactor.util.Loggers;

/// Looks after all replicas by one thread that ticks: it asks discoveries, looks at status pages,
/// ejects outliers and closes what is gone, all when due. What it learns it writes where requests
/// read it, so that routing waits for none of this. Thread-safe; ticks are the one thread's.
public final class Upkeep implements AutoCloseable {

    private static final Duration TICK = Duration.ofMillis(200);
    private static final Duration SWEEP = Duration.ofSeconds(1);
    private static final Logger LOG = Loggers.getLogger("pointsman.backends");

    private final BackendRegistry registry;
    private final BackendCounters counters = new BackendCounters();
    private final LongSupplier ticker;
    private final List<ReplicaSet> sets = new CopyOnWriteArrayList<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, OutlierEjection> ejections = new HashMap<>();
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("pointsman-upkeep").factory());
    private long sweepAt;
    private boolean swept;

    /// Looks after what stands in `registry`.
    ///
    /// @param ticker nanoseconds from any origin
    public Upkeep(BackendRegistry registry, LongSupplier ticker) {
        this.registry = registry;
        this.ticker = ticker;
    }

    /// Finds the replicas that `plan` tells of, once and at once, and looks after them from then
    /// on. Where they cannot be found now, they are looked for again.
    public void add(ReplicaPlan plan) {
        var set = new ReplicaSet(plan, registry, counters, ticker);
        sets.add(set);
        set.refresh();
    }

    /// Lets `listener` know each time that replicas may have come, gone or changed.
    public void listen(Runnable listener) {
        listeners.add(listener);
    }

    /// Starts the thread.
    public void start() {
        var _ =
                clock.scheduleWithFixedDelay(
                        this::tickSafely, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tickSafely() {
        try {
            tick();
        } catch (RuntimeException bug) {
            LOG.error("looking after the backends failed", bug);
        }
    }

    /// Does what is due.
    void tick() {
        sets.forEach(ReplicaSet::tick);
        long now = ticker.getAsLong();
        if (!swept || now - sweepAt >= 0) {
            swept = true;
            sweepAt = now + SWEEP.toNanos();
            sweep(now);
        }
    }

    private void sweep(long now) {
        sets.forEach(ReplicaSet::sweep);
        registry.members()
                .forEach((pool, members) ->
                        ejections
                                .computeIfAbsent(pool, _ -> new OutlierEjection(counters))
                                .sweep(members, now));
        listeners.forEach(Runnable::run);
    }

    /// What the configuration calls the backends that it looks after.
    public List<String> backends() {
        return sets.stream().map(ReplicaSet::name).toList();
    }

    /// What went wrong so far.
    public BackendCounters counters() {
        return counters;
    }

    /// Stops looking and closes all replicas.
    @Override
    public void close() {
        clock.shutdownNow();
        sets.forEach(ReplicaSet::close);
    }
}
