package io.pointsman.backends.balance;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.Candidate;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.backends.Backend;
import io.pointsman.backends.Deadlines;
import io.pointsman.backends.resilience.GuardedBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.LongSupplier;
import reactor.core.publisher.Flux;

/// The replicas of the configured backends by pool. Thread-safe: requests read an immutable
/// snapshot, which is swapped as a whole when replicas come or go. Calls under way know nothing of
/// that and go on.
public final class BackendRegistry {

    private static final long[] NOBODY = {};

    private final LongSupplier ticker;
    private final List<Pool> pools;
    private final SequencedMap<String, List<Replica>> replicas = new LinkedHashMap<>();
    private volatile Snapshot snapshot = new Snapshot(List.of(), List.of());

    /// Backends that have one replica each and keep it.
    ///
    /// @param entries the members of every pool, in configuration order; one backend may be in
    ///   several pools
    /// @throws IllegalArgumentException if two different backends have one name
    public BackendRegistry(List<Entry> entries) {
        this(pools(entries), System::nanoTime);
        var known = new LinkedHashMap<String, GuardedBackend>();
        for (var entry : entries) {
            var name = entry.backend().descriptor().name();
            var other = known.putIfAbsent(name, entry.backend());
            if (other != null && other != entry.backend()) {
                throw new IllegalArgumentException("two backends are called '" + name + "'");
            }
        }
        known.forEach((name, backend) -> replicas.put(name, List.of(Replica.of(backend))));
        rebuild();
    }

    /// Pools whose backends have no replicas yet; see [#replace].
    ///
    /// @param pools the names of the backends in each pool
    /// @param ticker nanoseconds from any origin
    public BackendRegistry(SequencedMap<String, List<String>> pools, LongSupplier ticker) {
        this.ticker = ticker;
        this.pools =
                pools.entrySet().stream()
                        .map(pool -> new Pool(pool.getKey(), pool.getValue()))
                        .toList();
    }

    private static SequencedMap<String, List<String>> pools(List<Entry> entries) {
        var pools = new LinkedHashMap<String, List<String>>();
        for (var entry : entries) {
            pools.computeIfAbsent(entry.pool(), _ -> new ArrayList<>())
                    .add(entry.backend().descriptor().name());
        }
        return pools;
    }

    /// A member of a pool.
    public record Entry(String pool, GuardedBackend backend) {}

    /// Lets the backend that the configuration calls `configured` have the replicas `now` from now
    /// on; those that stay keep all that is known of them.
    public synchronized void replace(String configured, List<Replica> now) {
        replicas.put(configured, List.copyOf(now));
        rebuild();
    }

    private void rebuild() {
        var old = snapshot;
        var members = new ArrayList<Member>();
        var byPool = new ArrayList<List<Member>>();
        for (var pool : pools) {
            var its = members(pool, old);
            byPool.add(its);
            members.addAll(its);
        }
        snapshot = new Snapshot(members, byPool);
        for (var gone : old.members) {
            if (!members.contains(gone)) {
                gone.pool().freeSlot(gone.slot());
            }
        }
    }

    private List<Member> members(Pool pool, Snapshot old) {
        var members = new ArrayList<Member>();
        int caching = 0;
        for (var backend : pool.backends()) {
            for (var replica : replicas.getOrDefault(backend, List.of())) {
                members.add(
                        old.find(pool, replica)
                                .orElseGet(() -> new Member(pool, replica, slot(pool, replica))));
                caching += replica.caches() ? 1 : 0;
            }
        }
        pool.rememberPrefixes(caching > 1);
        return List.copyOf(members);
    }

    private static int slot(Pool pool, Replica replica) {
        return replica.caches() ? pool.takeSlot() : Member.NO_SLOT;
    }

    /// Every replica in every pool in configuration order, with its load and health of this moment
    /// and what it has read of the prompt of `request`.
    public List<Candidate> candidates(ChatRequest request) {
        long now = ticker.getAsLong();
        var members = snapshot.array;
        var candidates = new Candidate[members.length];
        Pool pool = null;
        long[] readers = NOBODY;
        for (int i = 0; i < members.length; i++) {
            var member = members[i];
            if (member.pool() != pool) {
                pool = member.pool();
                readers = pool.readers(request);
            }
            candidates[i] = candidate(member, readers, now);
        }
        return List.of(candidates);
    }

    /// The same, whatever they have read.
    public List<Candidate> candidates() {
        long now = ticker.getAsLong();
        return Arrays.stream(snapshot.array).map(it -> candidate(it, NOBODY, now)).toList();
    }

    private static Candidate candidate(Member member, long[] readers, long now) {
        double match =
                readers.length == 0 || member.slot() == Member.NO_SLOT
                        ? 0
                        : PrefixIndex.match(readers, member.slot());
        return new Candidate(
                member.pool().name(),
                member.descriptor(),
                member.replica().load(member.ejectedFor(now), match, now));
    }

    /// What calls `candidate`. Where its replica has gone in the meantime, calls fail in a way that
    /// the next candidate is tried.
    public Backend backend(Candidate candidate) {
        for (var member : snapshot.array) {
            if (member.descriptor().name().equals(candidate.backend().name())
                    && member.pool().name().equals(candidate.pool())) {
                return member;
            }
        }
        return new Gone(candidate.backend());
    }

    /// The replica called `name`.
    public Optional<Backend> backend(String name) {
        for (var member : snapshot.array) {
            if (member.replica().name().equals(name)) {
                return Optional.of(member.replica().backend());
            }
        }
        return Optional.empty();
    }

    /// All replicas, each once.
    public List<Replica> replicas() {
        return Arrays.stream(snapshot.array).map(Member::replica).distinct().toList();
    }

    /// All backends, each once.
    public List<GuardedBackend> backends() {
        return replicas().stream().map(Replica::backend).toList();
    }

    /// The members of each pool.
    Map<String, List<Member>> members() {
        var members = new HashMap<String, List<Member>>();
        for (var pool : snapshot.byPool) {
            if (!pool.isEmpty()) {
                members.put(pool.getFirst().pool().name(), pool);
            }
        }
        return members;
    }

    /// Who is there at one time.
    private static final class Snapshot {
        private final List<Member> members;
        private final List<List<Member>> byPool;
        private final Member[] array;

        Snapshot(List<Member> members, List<List<Member>> byPool) {
            this.members = List.copyOf(members);
            this.byPool = List.copyOf(byPool);
            this.array = members.toArray(Member[]::new);
        }

        Optional<Member> find(Pool pool, Replica replica) {
            return members.stream()
                    .filter(member -> member.pool() == pool && member.replica() == replica)
                    .findFirst();
        }
    }

    /// A replica that was there when the request was routed.
    private record Gone(BackendDescriptor descriptor) implements Backend {
        @Override
        public Flux<ChatEvent> chat(ChatRequest request, Deadlines deadlines) {
            return Flux.error(
                    new FailureException(
                            new Failure.Broken(
                                    "Backend '" + descriptor.name() + "' is no longer there.")));
        }
    }
}
