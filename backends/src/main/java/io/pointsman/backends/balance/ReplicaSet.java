package io.pointsman.backends.balance;

import io.pointsman.backends.discovery.Address;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import reactor.util.Logger;
import reactor.util.Loggers;

/// The replicas of one configured backend, kept as its discovery finds them. Thread-safe.
///
/// What stays keeps all that is known of it; what is new warms up, unless nothing was there before;
/// what goes gets no more calls, and its connections are closed once its calls have ended. Where
/// the discovery fails, the last replicas it found stay.
final class ReplicaSet {

    private static final Logger LOG = Loggers.getLogger("pointsman.backends");

    /// How long a replica that is gone may still get a call that was routed before.
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final ReplicaPlan plan;
    private final BackendRegistry registry;
    private final BackendCounters.Counts counts;
    private final LongSupplier ticker;
    private final AtomicBoolean refreshing = new AtomicBoolean();
    private final List<Retired> retired = new ArrayList<>();
    private volatile Map<Address, Kept> kept = Map.of();
    private String lastFailure = "";
    private volatile long refreshAt;

    ReplicaSet(
            ReplicaPlan plan,
            BackendRegistry registry,
            BackendCounters counters,
            LongSupplier ticker) {
        this.plan = plan;
        this.registry = registry;
        this.counts = counters.of(plan.name());
        this.ticker = ticker;
    }

    String name() {
        return plan.name();
    }

    /// Starts the checks that are due, and a refresh on a thread of its own if that is.
    void tick() {
        kept.values().forEach(it -> it.checkup.ifPresent(Checkup::tick));
        if (plan.refresh().isPresent() && ticker.getAsLong() - refreshAt >= 0) {
            if (refreshing.compareAndSet(false, true)) {
                Thread.ofVirtual().name("pointsman-discovery-" + plan.name()).start(this::refresh);
            }
        }
    }

    /// Asks the discovery once and waits for its answer.
    void refresh() {
        try {
            become(plan.discovery().find());
            succeeded();
        } catch (IOException | RuntimeException failed) {
            failed(String.valueOf(failed.getMessage()));
        } finally {
            refreshAt = ticker.getAsLong() + plan.refresh().orElse(Duration.ZERO).toNanos();
            refreshing.set(false);
        }
    }

    private synchronized void succeeded() {
        if (!lastFailure.isEmpty()) {
            lastFailure = "";
            LOG.info("backend {} has found its replicas again", plan.name());
        }
    }

    private synchronized void failed(String why) {
        counts.discoveryFailures.increment();
        if (!why.equals(lastFailure)) {
            lastFailure = why;
            LOG.warn(
                    "backend {} keeps its {} replicas, since no others could be found: {}",
                    plan.name(),
                    kept.size(),
                    why);
        }
    }

    private synchronized void become(List<Address> addresses) {
        var before = kept;
        var now = new LinkedHashMap<Address, Kept>();
        for (var address : addresses) {
            var known = before.get(address);
            now.put(address, known != null ? known : start(address, !before.isEmpty()));
        }
        if (!List.copyOf(now.keySet()).equals(List.copyOf(before.keySet()))) {
            kept = now;
            registry.replace(plan.name(), now.values().stream().map(Kept::replica).toList());
            before.forEach((address, gone) -> {
                if (!now.containsKey(address)) {
                    retired.add(new Retired(gone.replica, ticker.getAsLong()));
                }
            });
            if (!before.isEmpty()) {
                LOG.info("replicas of backend {} have changed; now: {}", plan.name(), now.size());
            }
        }
    }

    private Kept start(Address address, boolean warmUp) {
        var started = plan.starter().start(address);
        if (warmUp) {
            started.replica().warmUp(ticker.getAsLong());
        }
        return new Kept(
                started.replica(),
                started.pages()
                        .map(pages ->
                                new Checkup(
                                        started.replica(), pages, plan.checks(), counts, ticker)));
    }

    /// Closes the replicas that are gone and whose calls have ended, and notices those that are
    /// back.
    synchronized void sweep() {
        long now = ticker.getAsLong();
        kept.values().forEach(it -> it.replica.notice(now));
        retired.removeIf(gone -> {
            boolean over =
                    now - gone.since >= GRACE.toNanos()
                            && gone.replica.backend().tracker().inFlight() == 0;
            if (over) {
                close(gone.replica);
            }
            return over;
        });
    }

    /// Closes all, whatever is under way.
    synchronized void close() {
        retired.forEach(gone -> close(gone.replica));
        retired.clear();
        kept.values().forEach(it -> close(it.replica));
    }

    private static void close(Replica replica) {
        try {
            replica.close();
        } catch (RuntimeException stuck) {
            LOG.warn("backend " + replica.name() + " cannot be closed", stuck);
        }
    }

    private record Kept(Replica replica, Optional<Checkup> checkup) {}

    private record Retired(Replica replica, long since) {}
}
