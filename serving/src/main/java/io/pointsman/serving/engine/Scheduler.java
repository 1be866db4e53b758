package io.pointsman.serving.engine;

import io.pointsman.serving.model.RunnerLimits;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Continuous batching (Yu et al. 2022, Orca) with chunked prefill (Agrawal et al. 2024,
/// Sarathi-Serve): each step takes tokens of many sequences within one budget. Running decodes come
/// first, so a long prompt never keeps a sequence from its next token; then running prefills, in
/// order of arrival; then new ones. One sequence takes at most half the budget while others are
/// there.
///
/// A sequence whose reader asks for nothing is paused: passed over, and the first to lose its
/// blocks to others. Where blocks still run out, the sequence that arrived last gives its own back,
/// to be computed again later, and nothing is admitted in such a step. What arrived first is never
/// the victim of what arrived later, so there is always progress. Confined to the engine's thread.
final class Scheduler {

    /// A run of a sequence's tokens to compute in a step.
    ///
    /// @param samples whether it reaches the last token, so that the next one can be sampled
    record Chunk(Sequence sequence, int count, boolean samples) {}

    private static final Comparator<Sequence> BY_ARRIVAL =
            Comparator.comparingLong(Sequence::arrival);

    private final RunnerLimits limits;
    private final BlockManager blocks;
    private final List<Sequence> running = new ArrayList<>();
    private final TreeSet<Sequence> waiting = new TreeSet<>(BY_ARRIVAL);
    private final List<Sequence> turn = new ArrayList<>();
    private final List<Chunk> chunks = new ArrayList<>();
    private int budget;
    private long arrivals;
    private long preemptions;

    Scheduler(RunnerLimits limits, BlockManager blocks) {
        this.limits = limits;
        this.blocks = blocks;
    }

    void add(Sequence sequence) {
        sequence.arrived(arrivals++);
        waiting.add(sequence);
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

    /// What the next step computes; the list is good until the next call. It is empty only if no
    /// sequence can go on before something changes.
    List<Chunk> schedule() {
        chunks.clear();
        budget = limits.maxTokens();
        long before = preemptions;
        scheduleRunning(true);
        scheduleRunning(false);
        if (preemptions == before || chunks.isEmpty()) {
            admit();
        }
        return chunks;
    }

    private void scheduleRunning(boolean decodes) {
        turn.clear();
        turn.addAll(running);
        for (var sequence : turn) {
            if (sequence.running()
                    && (sequence.remaining() == 1) == decodes
                    && sequence.reader().ready()) {
                int count = chunk(sequence);
                if (count > 0 && reserve(sequence, count)) {
                    plan(sequence, count);
                }
            }
        }
    }

    private void admit() {
        while (budget > 0 && running.size() < limits.maxSequences()) {
            var sequence = firstReady();
            int count = sequence == null ? 0 : chunk(sequence);
            if (sequence == null || !makeRoom(sequence, count)) {
                return;
            }
            waiting.remove(sequence);
            sequence.running(true);
            running.add(sequence);
            running.sort(BY_ARRIVAL);
            allocate(sequence, count);
            plan(sequence, count);
        }
    }

    private @Nullable Sequence firstReady() {
        for (var sequence : waiting) {
            if (sequence.reader().ready()) {
                return sequence;
            }
        }
        return null;
    }

    /// Frees blocks for one that waits, from paused ones only.
    private boolean makeRoom(Sequence sequence, int count) {
        while (missing(sequence, count) > blocks.freeBlocks()) {
            var paused = lastPaused();
            if (paused == null) {
                return false;
            }
            preempt(paused);
        }
        return true;
    }

    private int chunk(Sequence sequence) {
        boolean alone = running.size() + waiting.size() == 1;
        int most = alone ? limits.maxTokens() : Math.max(1, limits.maxTokens() / 2);
        return Math.min(Math.min(sequence.remaining(), most), budget);
    }

    private void plan(Sequence sequence, int count) {
        chunks.add(new Chunk(sequence, count, count == sequence.remaining()));
        budget -= count;
    }

    /// Gets a running sequence the blocks for its next `count` tokens, if need be from others. Says
    /// whether it is still running.
    private boolean reserve(Sequence sequence, int count) {
        while (missing(sequence, count) > blocks.freeBlocks()) {
            var paused = lastPaused();
            var victim = paused == null ? running.getLast() : paused;
            preempt(victim);
            if (victim == sequence) {
                return false;
            }
        }
        allocate(sequence, count);
        return true;
    }

    private void allocate(Sequence sequence, int count) {
        for (int missing = missing(sequence, count); missing > 0; missing--) {
            sequence.addBlock(blocks.allocate());
        }
    }

    private int missing(Sequence sequence, int count) {
        return limits.blocks(sequence.computed() + count) - sequence.blockCount();
    }

    private @Nullable Sequence lastPaused() {
        for (int i = running.size() - 1; i >= 0; i--) {
            if (!running.get(i).reader().ready()) {
                return running.get(i);
            }
        }
        return null;
    }

    /// Fails unless running sequences hold all used blocks, each one exactly once.
    void checkIntegrity() {
        var held = new BitSet();
        for (var sequence : running) {
            for (int i = 0; i < sequence.blockCount(); i++) {
                if (held.get(sequence.block(i))) {
                    throw new IllegalStateException("two sequences hold one block");
                }
                held.set(sequence.block(i));
            }
        }
        if (held.cardinality() != blocks.totalBlocks() - blocks.freeBlocks()) {
            throw new IllegalStateException("a block is used by nobody");
        }
        if (waiting.stream().anyMatch(sequence -> sequence.blockCount() > 0)) {
            throw new IllegalStateException("a waiting sequence holds blocks");
        }
    }

    private void preempt(Sequence victim) {
        preemptions++;
        for (int i = chunks.size() - 1; i >= 0; i--) {
            if (chunks.get(i).sequence() == victim) {
                budget += chunks.remove(i).count();
            }
        }
        remove(victim);
        waiting.add(victim);
    }
}
