package io.pointsman.classifier.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pointsman.api.Label;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A bounded store of outcomes, whose neighbours tell by how much a head errs on a prompt: the
/// estimate of Nadaraya, "On estimating regression" (1964), and Watson, "Smooth regression
/// analysis" (1964), over the nearest prompts, with a power of the cosine of sketches as kernel.
/// Safe for use by many threads; what is learned counts from the next query on. Time comes in as a
/// value.
///
/// Labels count for half after each half-life. A prompt counts once for a tenant, however often it
/// is labelled: its newest labels are averaged. When the memory is full, the tenant that has most
/// prompts forgets the one that it labelled longest ago, so that nobody crowds out others.
///
/// A tenant's query sees its own outcomes and those of [#SHARED], and no bit of it depends on what
/// other tenants label. Under [MemorySettings.Sharing#ALL] it sees other tenants' as well, beside
/// its own and not in their place; there the mass of any one of them is at most [#TENANT_MASS],
/// however many outcomes it reports, and it moves no sum by more than that times the largest error
/// that a head can make. What else it can do is to hide what third tenants say, by outcomes that
/// are nearer.
public final class OutcomeMemory implements AutoCloseable {

    /// Whose outcomes count for every tenant: those from files.
    public static final String SHARED = "";

    /// How many prompts are looked at for one query.
    public static final int NEIGHBOURS = 24;

    /// A neighbour counts for its similarity to the power of this.
    static final int KERNEL_POWER = 2;

    /// How much one other tenant counts at most: as much as one equal prompt of one's own.
    static final double TENANT_MASS = 1;

    /// How many of all tenants' prompts are looked at so as to find those of others.
    private static final int COMMON_NEIGHBOURS = 64;

    /// How many visits a search of one index may always make.
    private static final int FEWEST_VISITS = 1_024;

    private final int capacity;
    private final double halfLifeSeconds;
    private final SketchSpace space;
    private final @Nullable PromptIndex common;
    private final PromptIndex nothing;
    private final ConcurrentHashMap<String, TenantMemory> tenants = new ConcurrentHashMap<>();
    private final @Nullable OutcomeLog log;

    /// Held by whoever changes anything.
    private final ReentrantLock learning = new ReentrantLock();

    /// How many prompts there are, and how many outcomes.
    private final AtomicInteger prompts = new AtomicInteger();

    private final AtomicInteger outcomes = new AtomicInteger();

    /// Seconds since 1970.
    private volatile long now;

    OutcomeMemory(MemorySettings settings, BucketWeights weights, Instant now, Disk disk) {
        this.capacity = settings.capacity();
        this.halfLifeSeconds = settings.halfLife().toMillis() / 1e3;
        this.space = new SketchSpace(weights);
        this.nothing = new PromptIndex(space);
        this.common =
                switch (settings.sharing()) {
                    case TENANT -> null;
                    case ALL -> new PromptIndex(space);
                };
        this.now = now.getEpochSecond();
        this.log = settings.file().map(file -> OutcomeLog.open(file, disk, source())).orElse(null);
    }

    private OutcomeLog.Source source() {
        return new OutcomeLog.Source() {
            @Override
            public void replay(RememberedOutcome outcome) {
                // Before anyone else has this memory, so without the lock.
                remember(outcome);
            }

            @Override
            public int count() {
                return outcomes.get();
            }

            @Override
            public List<RememberedOutcome> outcomes() {
                return OutcomeMemory.this.outcomes();
            }
        };
    }

    /// The memory that `settings` tell, with what its file holds.
    ///
    /// @param weights of buckets, always the same for the same file
    /// @param now the time until [#advance] tells another
    /// @throws InvalidMemory where the file cannot be used
    public static OutcomeMemory open(MemorySettings settings, BucketWeights weights, Instant now) {
        return new OutcomeMemory(settings, weights, now, Disk.REAL);
    }

    /// Learns how models did on a prompt. An outcome with the same id, of the same prompt and
    /// tenant, is joined: see [Label#joined].
    ///
    /// @param id names the outcome; kept as a hash
    /// @param tenant whose it is; [#SHARED] for all
    /// @param now when the label came
    /// @return the outcome as it is kept now
    public RememberedOutcome learn(
            String id, String tenant, Trace trace, Label label, Instant now) {
        var second = now.truncatedTo(ChronoUnit.SECONDS);
        learning.lock();
        try {
            var kept = remember(new RememberedOutcome(hash(id), tenant, trace, label, second));
            if (log != null) {
                log.append(kept);
            }
            return kept;
        } finally {
            learning.unlock();
        }
    }

    private RememberedOutcome remember(RememberedOutcome outcome) {
        var memory =
                tenants.computeIfAbsent(
                        outcome.tenant(),
                        tenant ->
                                new TenantMemory(
                                        tenant, space, tenant.equals(SHARED) ? null : common));
        return remember(outcome, memory);
    }

    private RememberedOutcome remember(RememberedOutcome outcome, TenantMemory memory) {
        long hash = outcome.trace().hash();
        var known = memory.labels(hash);
        if (known == null) {
            memory.add(hash, outcome.trace().sketch(), PromptLabels.of(outcome, halfLifeSeconds));
            prompts.incrementAndGet();
            outcomes.incrementAndGet();
            if (prompts.get() > capacity) {
                forgetOldest();
            }
            return outcome;
        }
        var joined = known.joined(outcome);
        var labels = known.with(joined);
        memory.relabel(hash, labels);
        outcomes.addAndGet(labels.outcomes().size() - known.outcomes().size());
        return joined;
    }

    private void forgetOldest() {
        var largest =
                tenants.entrySet().stream()
                        .max(Comparator.comparingInt(entry -> entry.getValue().size()))
                        .orElseThrow();
        var gone = largest.getValue().forgetOldest();
        prompts.decrementAndGet();
        outcomes.addAndGet(-gone.outcomes().size());
        if (largest.getValue().size() == 0) {
            tenants.remove(largest.getKey());
        }
    }

    /// What the outcomes of prompts like `sketch` say to `tenant`.
    public Evidence evidence(String tenant, Sketch sketch) {
        long at = now;
        var sum = new EvidenceSum();
        var near = ownAndShared(tenant, sketch);
        for (int i = 0; i < near.count(); i++) {
            near.prompts()[i].labels().addTo(sum, near.similarities()[i], at);
        }
        if (common == null) {
            return sum.evidence();
        }
        var others = common.nearest(sketch, COMMON_NEIGHBOURS, SketchIndex.MOST_VISITS);
        return sum.evidence().plus(ofOthers(tenant, others, at));
    }

    private NearPrompts ownAndShared(String tenant, Sketch sketch) {
        var own = index(tenant);
        var shared = tenant.equals(SHARED) ? nothing : index(SHARED);
        // They share the time of a search as they share the prompts.
        double visits = (double) SketchIndex.MOST_VISITS / Math.max(1, own.size() + shared.size());
        return near(own, sketch, visits).merged(near(shared, sketch, visits), NEIGHBOURS);
    }

    private PromptIndex index(String tenant) {
        var memory = tenants.get(tenant);
        return memory == null ? nothing : memory.index();
    }

    private static NearPrompts near(PromptIndex index, Sketch sketch, double visitsPerPrompt) {
        int visits = (int) Math.max(FEWEST_VISITS, visitsPerPrompt * index.size());
        return index.nearest(sketch, NEIGHBOURS, visits);
    }

    private static Evidence ofOthers(String tenant, NearPrompts near, long at) {
        var sums = new LinkedHashMap<String, EvidenceSum>();
        int left = NEIGHBOURS;
        for (int i = 0; i < near.count() && left > 0; i++) {
            var prompt = near.prompts()[i];
            if (!prompt.tenant().equals(tenant)) {
                var sum = sums.computeIfAbsent(prompt.tenant(), _ -> new EvidenceSum());
                prompt.labels().addTo(sum, near.similarities()[i], at);
                left--;
            }
        }
        var others = Evidence.NONE;
        for (var sum : sums.values()) {
            others = others.plus(sum.evidence().atMost(TENANT_MASS));
        }
        return others;
    }

    /// Lets labels age until `time`. Whoever has a clock calls it each minute or so.
    public void advance(Instant time) {
        now = time.getEpochSecond();
    }

    /// All outcomes, by when they were learned.
    public List<RememberedOutcome> outcomes() {
        var labels = new ArrayList<PromptLabels>();
        learning.lock();
        try {
            for (var memory : tenants.values()) {
                memory.labels().forEach(labels::add);
            }
        } finally {
            learning.unlock();
        }
        return labels.stream()
                .flatMap(it -> it.outcomes().stream())
                .sorted(Comparator.comparing(RememberedOutcome::learned))
                .toList();
    }

    /// How many prompts there are outcomes of.
    public int size() {
        return prompts.get();
    }

    /// How the file is doing; empty where there is none.
    public Optional<OutcomeLog.Status> status() {
        return Optional.ofNullable(log).map(OutcomeLog::status);
    }

    /// Writes what was learned to the file, and lets go of it. What is learned afterwards counts
    /// for this run alone.
    @Override
    public void close() {
        if (log != null) {
            log.close();
        }
    }

    private static long hash(String id) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
