package io.pointsman.serving.model;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What one step computes, in flat native arrays that are filled again for each step; confined to
/// the engine's thread while no step is in flight.
///
/// The new tokens of all sequences lie behind one another; row `r` owns those from
/// `sequenceOffset(r)` to `sequenceOffset(r + 1)`, at consecutive positions. A prefill chunk is
/// many tokens of one row, a decode is one. Each token's keys and values go to its slot (block
/// times block size plus offset in the block), and a row's block table tells where all its
/// positions are, from position 0 to that of its last new token.
public final class StepPlan {

    /// No token id.
    public static final int NOTHING = Integer.MIN_VALUE;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final int blocksPerSequence;
    private final MemorySegment ids;
    private final MemorySegment positions;
    private final MemorySegment slots;
    private final MemorySegment sequenceOffsets;
    private final MemorySegment blockTables;
    private final MemorySegment samples;
    private final MemorySegment forcedIds;
    private final MemorySegment temperatures;
    private final MemorySegment topKs;
    private final MemorySegment topPs;
    private final MemorySegment seeds;
    private int tokens;
    private int sequences;

    /// An empty plan with room for the largest step within `limits`.
    public StepPlan(RunnerLimits limits) {
        var arena = Arena.ofAuto();
        int rows = limits.maxSequences();
        blocksPerSequence = limits.blocks(limits.contextLength());
        ids = arena.allocate(INT, limits.maxTokens());
        positions = arena.allocate(INT, limits.maxTokens());
        slots = arena.allocate(INT, limits.maxTokens());
        sequenceOffsets = arena.allocate(INT, rows + 1L);
        blockTables = arena.allocate(INT, (long) rows * blocksPerSequence);
        samples = arena.allocate(INT, rows);
        forcedIds = arena.allocate(INT, rows);
        temperatures = arena.allocate(FLOAT, rows);
        topKs = arena.allocate(INT, rows);
        topPs = arena.allocate(FLOAT, rows);
        seeds = arena.allocate(LONG, rows);
    }

    /// The id that stands for "what row `row` of the last step sampled".
    public static int sampledInLastStep(int row) {
        return -1 - row;
    }

    /// Forgets everything.
    public void clear() {
        tokens = 0;
        sequences = 0;
    }

    /// Begins a row; tokens and blocks that follow are its own.
    ///
    /// @param sample whether a token is sampled behind the row's last one
    /// @param forcedId the id to take instead of sampling, or [#NOTHING]
    /// @return the row
    public int beginSequence(boolean sample, int forcedId, SamplingParameters sampling) {
        int row = sequences++;
        samples.setAtIndex(INT, row, sample ? 1 : 0);
        forcedIds.setAtIndex(INT, row, forcedId);
        temperatures.setAtIndex(FLOAT, row, (float) sampling.temperature());
        topKs.setAtIndex(INT, row, sampling.topK());
        topPs.setAtIndex(FLOAT, row, (float) sampling.topP());
        seeds.setAtIndex(LONG, row, sampling.seed());
        sequenceOffsets.setAtIndex(INT, row, tokens);
        sequenceOffsets.setAtIndex(INT, row + 1L, tokens);
        return row;
    }

    /// Adds a token to the row begun last.
    public void addToken(int id, int position, int slot) {
        ids.setAtIndex(INT, tokens, id);
        positions.setAtIndex(INT, tokens, position);
        slots.setAtIndex(INT, tokens, slot);
        tokens++;
        sequenceOffsets.setAtIndex(INT, sequences, tokens);
    }

    /// Says that block `index` of the row begun last is `block`.
    public void setBlock(int index, int block) {
        blockTables.setAtIndex(INT, (long) (sequences - 1) * blocksPerSequence + index, block);
    }

    /// How many tokens the step computes.
    public int tokens() {
        return tokens;
    }

    /// How many rows there are.
    public int sequences() {
        return sequences;
    }

    public int id(int token) {
        return ids.getAtIndex(INT, token);
    }

    public int position(int token) {
        return positions.getAtIndex(INT, token);
    }

    public int slot(int token) {
        return slots.getAtIndex(INT, token);
    }

    public int sequenceOffset(int row) {
        return sequenceOffsets.getAtIndex(INT, row);
    }

    public int block(int row, int index) {
        return blockTables.getAtIndex(INT, (long) row * blocksPerSequence + index);
    }

    public boolean samples(int row) {
        return samples.getAtIndex(INT, row) != 0;
    }

    public int forcedId(int row) {
        return forcedIds.getAtIndex(INT, row);
    }

    public float temperature(int row) {
        return temperatures.getAtIndex(FLOAT, row);
    }

    public int topK(int row) {
        return topKs.getAtIndex(INT, row);
    }

    public float topP(int row) {
        return topPs.getAtIndex(FLOAT, row);
    }

    public long seed(int row) {
        return seeds.getAtIndex(LONG, row);
    }
}
