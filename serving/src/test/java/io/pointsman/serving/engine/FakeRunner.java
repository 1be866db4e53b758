package io.pointsman.serving.engine;

import io.pointsman.serving.TinyModel;
import io.pointsman.serving.model.ModelRunner;
import io.pointsman.serving.model.RunnerLimits;
import io.pointsman.serving.model.StepPlan;
import io.pointsman.serving.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// A runner whose next token is a hash of all tokens that it finds in its memory through the block
/// table, and of the seed, so a wrong slot, block or position changes what follows. It also refuses
/// plans that break a limit. A block takes one byte.
final class FakeRunner implements ModelRunner {

    private static final int EMPTY = -1;

    private final RunnerLimits limits;
    private int[] memory = {};
    private int failAtStep = -1;
    private int steps;

    FakeRunner(RunnerLimits limits) {
        this.limits = limits;
    }

    /// What follows `prompt`, up to `limit` tokens in all.
    static List<Integer> continuation(TokenIds prompt, int limit) {
        return continuation(prompt, limit, 0);
    }

    /// What follows `prompt` where this is the seed.
    static List<Integer> continuation(TokenIds prompt, int limit, long seed) {
        var tokens = new ArrayList<Integer>();
        for (int i = 0; i < prompt.size(); i++) {
            tokens.add(prompt.get(i));
        }
        boolean ended = false;
        while (!ended && tokens.size() < limit) {
            int hash = 1;
            for (int token : tokens) {
                hash = hash(hash, token);
            }
            tokens.add(next(hash, seed));
            ended = tokens.getLast() == TinyModel.END;
        }
        return tokens.subList(prompt.size(), tokens.size());
    }

    /// Makes a coming step throw; 0 is the next.
    void failAt(int step) {
        failAtStep = steps + step;
    }

    @Override
    public RunnerLimits limits() {
        return limits;
    }

    @Override
    public int allocate(long bytes) {
        memory = new int[(int) bytes * limits.blockSize()];
        Arrays.fill(memory, EMPTY);
        return (int) bytes;
    }

    @Override
    public void copyBlocks(int[] from, int[] to, int count) {
        int size = limits.blockSize();
        for (int i = 0; i < count; i++) {
            System.arraycopy(memory, from[i] * size, memory, to[i] * size, size);
        }
    }

    @Override
    public Step submit(StepPlan plan) {
        if (steps++ == failAtStep) {
            throw new IllegalStateException("the device is lost");
        }
        require(plan.tokens() <= limits.maxTokens(), "too many tokens");
        require(plan.sequences() <= limits.maxSequences(), "too many sequences");
        var written = new BitSet();
        var sampled = new int[plan.sequences()];
        for (int row = 0; row < plan.sequences(); row++) {
            write(plan, row, written);
        }
        for (int row = 0; row < plan.sequences(); row++) {
            sampled[row] = compute(plan, row, written);
        }
        return () -> sampled;
    }

    private void write(StepPlan plan, int row, BitSet written) {
        int blockSize = limits.blockSize();
        int first = plan.sequenceOffset(row);
        int end = plan.sequenceOffset(row + 1);
        require(end > first, "an empty row");
        for (int t = first; t < end; t++) {
            int position = plan.position(t);
            require(position == plan.position(first) + t - first, "positions have a gap");
            int block = plan.block(row, position / blockSize);
            require(
                    plan.slot(t) == block * blockSize + position % blockSize,
                    "a slot outside its block");
            require(!written.get(plan.slot(t)), "two rows write to one slot");
            written.set(plan.slot(t));
            memory[plan.slot(t)] = plan.id(t);
        }
    }

    private int compute(StepPlan plan, int row, BitSet written) {
        int blockSize = limits.blockSize();
        int first = plan.position(plan.sequenceOffset(row));
        int length = plan.position(plan.sequenceOffset(row + 1) - 1) + 1;
        require(length <= limits.contextLength(), "longer than the context");
        int hash = 1;
        for (int position = 0; position < length; position++) {
            int slot = plan.block(row, position / blockSize) * blockSize + position % blockSize;
            require(position >= first || !written.get(slot), "a row reads what another writes");
            hash = hash(hash, memory[slot]);
        }
        if (!plan.samples(row)) {
            return StepPlan.NOTHING;
        }
        return plan.forcedId(row) == StepPlan.NOTHING
                ? next(hash, plan.seed(row))
                : plan.forcedId(row);
    }

    @Override
    public void close() {
        memory = new int[0];
    }

    private static int hash(int hash, int token) {
        return hash * 31 + token;
    }

    private static int next(int hash, long seed) {
        int mixed = (hash + (int) seed * 0x5bd1e995) * 0x9e3779b9;
        return (mixed >>> 20) % 40 == 0 ? TinyModel.END : (mixed >>> 24) & 0xff;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
