package io.pointsman.serving.engine;

import io.pointsman.serving.model.RunnerLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Continuous batching (Yu et al. 2022, Orca) with chunked prefill (Agrawal et al. 2024,
/// Sarathi-Serve): each step takes tokens of many sequences within one budget. Decodes come first,
/// so nobody's prompt keeps a sequence from its next token. Then come prompts: one long one at a
/// time, with half the budget at most while others are there, and short ones in the order of
/// arrival, so nobody waits for another's long prompt either.
///
/// Sequences that hold blocks may be four times as many as a step has rows. Where rows are short,
/// half of them go to sequences that have generated fewer than 128 tokens, the least served first,
/// and half to the others, the oldest first; one is kept for a prompt. So a short request is
/// answered while long thinkers are at work, and finished thoughts are not delayed by sharing
/// alike.
///
/// A sequence whose reader asks for nothing is paused: passed over, and the first to lose its
/// blocks to others. Where blocks still run out, the one that ranks last (by priority, then
/// arrival) gives its own back, to be computed again later, and nothing is let in in such a step.
/// What ranks first is never the victim of what ranks later, so there is always progress. Confined
/// to the engine's thread.
final class Scheduler {

    /// A run of a sequence's tokens to compute in a step.
    ///
    /// @param samples whether it reaches the last token, so that the next one can be sampled
    record Chunk(Sequence sequence, int count, boolean samples) {}

    /// A sequence is fresh while it has generated less than this.
    static final int FRESH_TOKENS = 128;

    /// How many sequences may hold blocks for each row of a step.
    private static final int HOLDERS_PER_ROW = 4;

    /// One of so many blocks is kept for fresh sequences.
    private static final int KEPT_PART = 16;

    /// How long an answer is taken to get before any has ended.
    private static final double FIRST_GUESS = 256;

    /// How much of the growth to be expected is kept free when a sequence is let in: it rises with
    /// each preemption and falls slowly.
    private static final double LEAST_CAUTION = 0.1;

    private static final double MORE_CAUTION = 0.2;
    private static final double DECAY = 0.999;

    private static final Comparator<Sequence> BY_RANK =
            Comparator.<Sequence>comparingInt(s -> s.generation().request().priority())
                    .thenComparingLong(s -> s.generation().number())
                    .thenComparingInt(Sequence::choice);

    private static final Comparator<Sequence> LEAST_SERVED_FIRST =
            Comparator.comparingInt(Sequence::generated).thenComparing(BY_RANK);

    private final RunnerLimits limits;
    private final BlockManager blocks;
    private final boolean prefixCaching;
    private final int blockSize;
    private final int maxHolders;
    private final int kept;

    private final List<Sequence> running = new ArrayList<>();
    private final TreeSet<Sequence> waiting = new TreeSet<>(BY_RANK);

    private final List<Sequence> turn = new ArrayList<>();
    private final List<Sequence> postponed = new ArrayList<>();
    private final List<Chunk> chunks = new ArrayList<>();
    private int[] copyFrom = new int[8];
    private int[] copyTo = new int[8];
    private int copies;
    private int budget;
    private int rows;
    private int chunkLimit;
    private long step;
    private long arrivals;
    private long preemptions;
    private long prefixQueries;
    private long prefixHits;
    private double caution = 0.4;
    private double meanGenerated = FIRST_GUESS;

    Scheduler(RunnerLimits limits, BlockManager blocks, boolean prefixCaching) {
        this.limits = limits;
        this.blocks = blocks;
        this.prefixCaching = prefixCaching;
        blockSize = limits.blockSize();
        maxHolders = HOLDERS_PER_ROW * limits.maxSequences();
        kept = kept(blocks.totalBlocks());
    }

    /// Positions that one sequence can have where there are `blocks` blocks.
    static long room(RunnerLimits limits, int blocks) {
        return (long) (blocks - kept(blocks)) * limits.blockSize();
    }

    private static int kept(int blocks) {
        return blocks / KEPT_PART;
    }

    /// Takes in a request's first sequence, in the order of arrival.
    void arrive(Sequence sequence) {
        sequence.generation().arrived(arrivals++);
        waiting.add(sequence);
    }

    /// Takes in another choice of a request whose prompt `first` has just computed.
    void fork(Sequence first, Sequence sibling) {
        if (first.running() && running.size() < maxHolders) {
            sibling.share(first, blocks, blockSize);
            enter(sibling);
        } else {
            waiting.add(sibling);
        }
    }

    int running() {
        return running.size();
    }

    int waiting() {
        return waiting.size();
    }

    long preemptions() {
        return preemptions;
    }

    /// Prompt tokens that were looked for in the prefix cache, and those that were there.
    long prefixQueries() {
        return prefixQueries;
    }

    long prefixHits() {
        return prefixHits;
    }

    /// The blocks to copy before the step, in this order: from these ...
    int[] copyFrom() {
        return copyFrom;
    }

    /// ... to these ...
    int[] copyTo() {
        return copyTo;
    }

    /// ... so many.
    int copies() {
        return copies;
    }

    /// Learns from a sequence that has ended by itself, and forgets it.
    void end(Sequence sequence) {
        meanGenerated += (sequence.generated() - meanGenerated) / 8;
        remove(sequence);
    }

    /// Forgets a sequence and frees its blocks.
    void remove(Sequence sequence) {
        sequence.releaseBlocks(blocks);
        if (sequence.running()) {
            running.remove(sequence);
            sequence.running(false);
        } else {
            waiting.remove(sequence);
        }
    }

    /// `count` more of a sequence's tokens are computed.
    void computed(Sequence sequence, int count) {
        sequence.compute(count, blocks, blockSize, prefixCaching);
    }

    /// What the next step computes; the list is good until the next call. It is empty only if no
    /// sequence can go on before something changes.
    List<Chunk> schedule(long now) {
        step++;
        caution = Math.max(LEAST_CAUTION, caution * DECAY);
        chunks.clear();
        postponed.clear();
        copies = 0;
        budget = limits.maxTokens();
        rows = limits.maxSequences();
        boolean alone = running.size() + waiting.size() == 1;
        chunkLimit = alone ? budget : Math.max(1, budget / 2);
        long before = preemptions;
        scheduleDecodes();
        schedulePrompts(now, before);
        for (var sequence : postponed) {
            if (rows > 0) {
                decode(sequence);
            }
        }
        // What gave way can be let in at once if nothing else is left to do.
        return chunks.isEmpty() && preemptions != before ? schedule(now) : chunks;
    }

    private void scheduleDecodes() {
        int prompts = collect(false) + (waiting.isEmpty() ? 0 : 1);
        int decodes = collect(true);
        if (decodes + prompts > rows) {
            chooseRows(prompts);
        }
        turn.forEach(this::decode);
    }

    /// Puts those that are ready into [#turn]: the decodes or the prompts.
    private int collect(boolean decodes) {
        turn.clear();
        for (var sequence : running) {
            if (sequence.decoding() == decodes && sequence.generation().ready(step)) {
                turn.add(sequence);
            }
        }
        return turn.size();
    }

    /// Leaves in [#turn] those decodes that get a row when there are too few.
    private void chooseRows(int prompts) {
        var fresh = new ArrayList<Sequence>();
        var seasoned = new ArrayList<Sequence>();
        for (var sequence : turn) {
            (sequence.generated() < FRESH_TOKENS ? fresh : seasoned).add(sequence);
        }
        // A step of one row serves in turn.
        int forPrompt = prompts == 0 || (rows == 1 && step % 2 == 0) ? 0 : 1;
        int left = rows - forPrompt;
        int half = (int) ((left + step % 2) / 2);
        int forFresh = Math.min(fresh.size(), Math.max(half, left - seasoned.size()));
        int forSeasoned = Math.min(seasoned.size(), left - forFresh);
        fresh.sort(LEAST_SERVED_FIRST);
        postponed.addAll(fresh.subList(forFresh, fresh.size()));
        postponed.addAll(seasoned.subList(forSeasoned, seasoned.size()));
        turn.removeAll(postponed);
    }

    private void decode(Sequence sequence) {
        if (sequence.running() && sequence.generation().ready(step)) {
            compute(sequence, 1);
        }
    }

    /// The long prompt under way has half the budget at least, and what others leave.
    private void schedulePrompts(long now, long preemptionsBefore) {
        collect(false);
        var longest = turn.stream().filter(this::isLong).findFirst().orElse(null);
        int forLongest = longest == null ? 0 : chunk(longest);
        int row = Math.min(rows, forLongest > 0 ? 1 : 0);
        budget -= forLongest;
        rows -= row;
        for (var sequence : turn) {
            if (!isLong(sequence)) {
                prompt(sequence, chunk(sequence));
            }
        }
        if (preemptions == preemptionsBefore) {
            admit(now);
        }
        budget += forLongest;
        rows += row;
        if (longest != null) {
            prompt(longest, Math.min(longest.remaining(), budget));
        }
    }

    private boolean isLong(Sequence sequence) {
        return sequence.remaining() > chunkLimit;
    }

    private void prompt(Sequence sequence, int count) {
        if (sequence.running() && count > 0 && rows > 0 && sequence.generation().ready(step)) {
            compute(sequence, count);
        }
    }

    private int chunk(Sequence sequence) {
        return Math.min(Math.min(sequence.remaining(), chunkLimit), budget);
    }

    /// Plans `count` tokens of a running sequence if it gets the blocks for them.
    private void compute(Sequence sequence, int count) {
        if (reserve(sequence, count)) {
            plan(sequence, count);
        }
    }

    private void plan(Sequence sequence, int count) {
        boolean samples = count == sequence.remaining();
        chunks.add(new Chunk(sequence, count, samples));
        budget -= count;
        rows--;
        if (samples) {
            sequence.generation().due(step, 1);
        }
    }

    private void admit(long now) {
        boolean longPrompt = running.stream().anyMatch(s -> !s.decoding() && isLong(s));
        long before = preemptions;
        boolean passing = false;
        var next = waiting.isEmpty() ? null : waiting.first();
        while (next != null && budget > 0 && rows > 0 && running.size() < maxHolders) {
            var sequence = next;
            next = waiting.higher(sequence);
            if (!sequence.generation().ready(step)
                    || (isLong(sequence) && longPrompt)
                    || (passing && !fitsKept(sequence))) {
                continue;
            }
            if (letIn(sequence, now)) {
                longPrompt |= isLong(sequence);
            } else if (preemptions == before && !passing && !fresh(sequence)) {
                passing = true;
            } else {
                return;
            }
        }
    }

    /// Whether a fresh sequence can go before another that waits for blocks without taking any from
    /// it.
    private boolean fitsKept(Sequence sequence) {
        return fresh(sequence) && freshBlocks() + limits.blocks(sequence.length()) < kept;
    }

    private int freshBlocks() {
        int count = 0;
        for (var sequence : running) {
            count += fresh(sequence) ? sequence.blockCount() : 0;
        }
        return count;
    }

    /// Whether it may use the blocks that are kept.
    private boolean fresh(Sequence sequence) {
        return sequence.generated() < FRESH_TOKENS && sequence.length() <= chunkLimit;
    }

    /// Begins to compute a waiting sequence if there are blocks for all of it, and some for the
    /// others to go on.
    private boolean letIn(Sequence sequence, long now) {
        if (blocks.freeBlocks() <= sequence.shortWith()) {
            makeRoom(sequence);
            return false;
        }
        if (prefixCaching) {
            sequence.reuse(blocks, blockSize);
        }
        int hits = sequence.computed();
        int missing = limits.blocks(sequence.length()) - sequence.blockCount();
        if (missing + headroom(sequence) > blocks.freeBlocks()) {
            sequence.releaseBlocks(blocks);
            sequence.shortWith(blocks.freeBlocks());
            makeRoom(sequence);
            return false;
        }
        sequence.shortWith(-1);
        if (!sequence.generation().begun() && prefixCaching) {
            prefixQueries += sequence.length();
            prefixHits += hits;
        }
        sequence.generation().scheduled(now, hits);
        waiting.remove(sequence);
        enter(sequence);
        for (; missing > 0; missing--) {
            sequence.addBlock(blocks.allocate());
        }
        plan(sequence, chunk(sequence));
        return true;
    }

    /// The blocks that have to stay free when `sequence` is let in, so that those that run can go
    /// on without driving each other out; fresh ones grow into what is kept for them.
    private int headroom(Sequence sequence) {
        if (running.isEmpty()) {
            return 0;
        }
        if (fresh(sequence)) {
            return (int) running.stream().filter(this::fresh).count();
        }
        double growth = expectedGrowth(sequence);
        for (var other : running) {
            growth += expectedGrowth(other);
        }
        return running.size() + (int) (caution * growth / blockSize) + keptNow();
    }

    private double expectedGrowth(Sequence sequence) {
        double expected = Math.min(sequence.mostTokens(), meanGenerated);
        return Math.max(0, expected - sequence.generated());
    }

    /// The kept blocks that fresh sequences do not hold already.
    private int keptNow() {
        return Math.max(0, kept - freshBlocks());
    }

    /// Frees blocks for one that waits, from those that are paused or matter less.
    private void makeRoom(Sequence sequence) {
        var victim = lastPaused();
        if (victim == null) {
            victim = running.getLast();
            int priority = victim.generation().request().priority();
            if (priority <= sequence.generation().request().priority() || planned(victim)) {
                return;
            }
        }
        preempt(victim);
    }

    private boolean planned(Sequence sequence) {
        return chunks.stream().anyMatch(chunk -> chunk.sequence() == sequence);
    }

    private void enter(Sequence sequence) {
        sequence.running(true);
        int at = running.size();
        while (at > 0 && BY_RANK.compare(running.get(at - 1), sequence) > 0) {
            at--;
        }
        running.add(at, sequence);
    }

    /// Gets a running sequence the blocks for its next `count` tokens, if need be from others. Says
    /// whether it is still running.
    private boolean reserve(Sequence sequence, int count) {
        for (int missing = missing(sequence, count);
                missing > 0 && missing + keptFrom(sequence) > blocks.freeBlocks();
                missing = missing(sequence, count)) {
            var victim = victim(sequence);
            preempt(victim);
            if (victim == sequence) {
                return false;
            }
        }
        int first = sequence.computed() / blockSize;
        if (shares(sequence)) {
            copy(sequence, first);
        }
        while (sequence.blockCount() < limits.blocks(sequence.computed() + count)) {
            sequence.addBlock(blocks.allocate());
        }
        return true;
    }

    private int missing(Sequence sequence, int count) {
        return limits.blocks(sequence.computed() + count)
                - sequence.blockCount()
                + (shares(sequence) ? 1 : 0);
    }

    /// Whether the block that its next token goes to is another's too.
    private boolean shares(Sequence sequence) {
        int index = sequence.computed() / blockSize;
        return index < sequence.blockCount() && !blocks.writable(sequence.block(index));
    }

    /// Copy on write.
    private void copy(Sequence sequence, int index) {
        int from = sequence.block(index);
        int to = blocks.allocate();
        if (copies == copyFrom.length) {
            copyFrom = Arrays.copyOf(copyFrom, 2 * copies);
            copyTo = Arrays.copyOf(copyTo, 2 * copies);
        }
        copyFrom[copies] = from;
        copyTo[copies++] = to;
        sequence.replaceBlock(index, to);
        blocks.release(from);
    }

    /// The blocks that `sequence` leaves to fresh ones, unless it is the only one that does.
    private int keptFrom(Sequence sequence) {
        return fresh(sequence) || lastSeasoned() == firstSeasoned() ? 0 : keptNow();
    }

    private Sequence victim(Sequence sequence) {
        var paused = lastPaused();
        if (paused != null) {
            return paused;
        }
        return keptFrom(sequence) > 0 ? lastSeasoned() : running.getLast();
    }

    private @Nullable Sequence firstSeasoned() {
        return running.stream().filter(s -> !fresh(s)).findFirst().orElse(null);
    }

    private Sequence lastSeasoned() {
        for (int i = running.size() - 1; i >= 0; i--) {
            if (!fresh(running.get(i))) {
                return running.get(i);
            }
        }
        return running.getLast();
    }

    private @Nullable Sequence lastPaused() {
        for (int i = running.size() - 1; i >= 0; i--) {
            if (running.get(i).generation().reader().demand() == 0) {
                return running.get(i);
            }
        }
        return null;
    }

    private void preempt(Sequence victim) {
        preemptions++;
        for (int i = chunks.size() - 1; i >= 0; i--) {
            var chunk = chunks.get(i);
            if (chunk.sequence() == victim) {
                chunks.remove(i);
                budget += chunk.count();
                rows++;
                if (chunk.samples()) {
                    victim.generation().due(step, -1);
                }
            }
        }
        remove(victim);
        waiting.add(victim);
        victim.generation().preempted();
        caution = Math.min(1, caution + MORE_CAUTION);
    }

    /// Fails unless running sequences hold exactly the blocks that are in use, as often as they are
    /// counted, and waiting ones hold none.
    void checkIntegrity() {
        blocks.checkIntegrity();
        var held = new int[blocks.totalBlocks()];
        for (var sequence : running) {
            for (int i = 0; i < sequence.blockCount(); i++) {
                held[sequence.block(i)]++;
            }
        }
        for (int block = 0; block < held.length; block++) {
            if (held[block] != blocks.references(block)) {
                throw new IllegalStateException(
                        "block %d is held by %d and counts %d"
                                .formatted(block, held[block], blocks.references(block)));
            }
        }
        if (waiting.stream().anyMatch(sequence -> sequence.blockCount() > 0)) {
            throw new IllegalStateException("a waiting sequence holds blocks");
        }
    }
}
