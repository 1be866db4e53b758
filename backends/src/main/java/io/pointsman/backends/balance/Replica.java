package io.pointsman.backends.balance;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.BackendLoad;
import io.pointsman.api.Outage;
import io.pointsman.backends.resilience.GuardedBackend;
import java.time.Duration;
import java.util.Optional;

/// One address of a configured backend, with what is known of its state. Thread-safe: whoever
/// learns something writes one volatile field, and requests read them.
public final class Replica implements AutoCloseable {

    /// How long what an engine said of itself is believed.
    static final Duration BELIEVED = Duration.ofSeconds(5);

    /// How long a replica takes from its first calls to its full part of the traffic.
    static final Duration WARM_UP = Duration.ofSeconds(30);

    private static final double FIRST_WEIGHT = 0.1;

    private static final Optional<Outage> ILL =
            Optional.of(new Outage(Outage.Cause.ILL, Optional.empty()));

    private final String configured;
    private final GuardedBackend backend;
    private final boolean caches;
    private final Runnable resources;
    private volatile boolean well = true;
    private volatile Said said = new Said(EngineLoad.UNKNOWN, 0, false);
    private volatile Warming warming = new Warming(false, 0);

    /// Confined to whoever looks after it.
    private boolean wasAvailable = true;

    /// @param backend calls it; its name is the replica's
    /// @param caches whether its engine is known to keep the prefixes of prompts
    /// @param resources closes what it holds
    public Replica(GuardedBackend backend, boolean caches, Runnable resources) {
        this.configured = BackendDescriptor.configured(backend.descriptor().name());
        this.backend = backend;
        this.caches = caches;
        this.resources = resources;
    }

    /// A replica of which only its own calls tell anything.
    public static Replica of(GuardedBackend backend) {
        return new Replica(backend, false, () -> {});
    }

    /// What the configuration calls the backend that it is a replica of.
    public String configured() {
        return configured;
    }

    /// Its own name.
    public String name() {
        return backend.descriptor().name();
    }

    /// What calls go through.
    public GuardedBackend backend() {
        return backend;
    }

    /// Whether its engine is known to keep the prefixes of prompts.
    boolean caches() {
        return caches;
    }

    /// Whether calls may go to it: probes find it well and its breaker lets them through.
    public boolean available() {
        return well && backend.load().available();
    }

    /// Notes what probes found.
    void probed(boolean foundWell) {
        well = foundWell;
    }

    /// Notes at `now` what its engine says.
    void says(EngineLoad load, long now) {
        said = new Said(load, now, true);
    }

    /// What its engine said within the last seconds before `now`.
    public EngineLoad engine(long now) {
        var latest = said;
        return latest.anything && now - latest.at <= BELIEVED.toNanos()
                ? latest.load
                : EngineLoad.UNKNOWN;
    }

    /// Whether its engine has said anything within the last seconds before `now`.
    public boolean saysAnything(long now) {
        var latest = said;
        return latest.anything && now - latest.at <= BELIEVED.toNanos();
    }

    /// Notes that it is new or back at `now`, so that its traffic grows slowly: its caches are
    /// cold, and what made it go may come again.
    void warmUp(long now) {
        warming = new Warming(true, now);
    }

    /// Notices at `now` whether it is back, since its breaker or a probe let it. Called by one
    /// thread at a time.
    void notice(long now) {
        boolean is = available();
        if (is && !wasAvailable) {
            warmUp(now);
        }
        wasAvailable = is;
    }

    /// Its part of the traffic at `now`, in (0, 1].
    double weight(long now) {
        var latest = warming;
        if (!latest.started) {
            return 1;
        }
        double part = (double) (now - latest.since) / WARM_UP.toNanos();
        return part >= 1 ? 1 : FIRST_WEIGHT + (1 - FIRST_WEIGHT) * Math.max(0, part);
    }

    /// Why it gets no calls. Where there are several reasons, the one that holds for longest.
    private Optional<Outage> outage(Optional<Duration> ejectedFor) {
        if (!well) {
            return ILL;
        }
        var own = backend.outage();
        if (ejectedFor.isEmpty()) {
            return own;
        }
        var left = ejectedFor.get();
        return own.flatMap(Outage::lasts).filter(lasts -> lasts.compareTo(left) > 0).isPresent()
                ? own
                : Optional.of(new Outage(Outage.Cause.EJECTED, ejectedFor));
    }

    /// Its load at `now`.
    BackendLoad load(Optional<Duration> ejectedFor, double prefixMatch, long now) {
        var engine = engine(now);
        return backend.tracker()
                .load(
                        outage(ejectedFor),
                        weight(now),
                        engine.queueDepth(),
                        engine.kvUtilisation(),
                        prefixMatch);
    }

    /// Closes its connections; calls that are under way may end.
    @Override
    public void close() {
        resources.run();
    }

    private record Said(EngineLoad load, long at, boolean anything) {}

    private record Warming(boolean started, long since) {}
}
