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
    private final MemorySegment minPs;
    private final MemorySegment seeds;
    private final MemorySegment logprobs;
    private final MemorySegment repetitionPenalties;
    private final MemorySegment presencePenalties;
    private final MemorySegment frequencyPenalties;
    private final MemorySegment biasOffsets;
    private final MemorySegment seenOffsets;
    private final MemorySegment masked;
    private final MemorySegment masks;
    private final int maskWords;
    private MemorySegment biasIds = Arena.ofAuto().allocate(INT, 64);
    private MemorySegment biases = Arena.ofAuto().allocate(FLOAT, 64);
    private MemorySegment seenIds = Arena.ofAuto().allocate(INT, 64);
    private MemorySegment seenCounts = Arena.ofAuto().allocate(INT, 64);
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
        minPs = arena.allocate(FLOAT, rows);
        seeds = arena.allocate(LONG, rows);
        logprobs = arena.allocate(INT, rows);
        repetitionPenalties = arena.allocate(FLOAT, rows);
        presencePenalties = arena.allocate(FLOAT, rows);
        frequencyPenalties = arena.allocate(FLOAT, rows);
        masked = arena.allocate(INT, rows);
        maskWords = (limits.vocabularySize() + 63) / 64;
        masks = arena.allocate(LONG, (long) rows * maskWords);
        biasOffsets = arena.allocate(INT, rows + 1L);
        seenOffsets = arena.allocate(INT, rows + 1L);
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
        minPs.setAtIndex(FLOAT, row, (float) sampling.minP());
        seeds.setAtIndex(LONG, row, sampling.seed());
        logprobs.setAtIndex(INT, row, -1);
        masked.setAtIndex(INT, row, 0);
        repetitionPenalties.setAtIndex(FLOAT, row, (float) sampling.repetitionPenalty());
        presencePenalties.setAtIndex(FLOAT, row, (float) sampling.presencePenalty());
        frequencyPenalties.setAtIndex(FLOAT, row, (float) sampling.frequencyPenalty());
        seenOffsets.setAtIndex(INT, row + 1L, seenOffsets.getAtIndex(INT, row));
        int bias = biasOffsets.getAtIndex(INT, row);
        for (var entry : sampling.logitBias().entrySet()) {
            biasIds = grown(biasIds, bias + 1);
            biases = grown(biases, bias + 1);
            biasIds.setAtIndex(INT, bias, entry.getKey());
            biases.setAtIndex(FLOAT, bias++, entry.getValue());
        }
        biasOffsets.setAtIndex(INT, row + 1L, bias);
        sequenceOffsets.setAtIndex(INT, row, tokens);
        sequenceOffsets.setAtIndex(INT, row + 1L, tokens);
        return row;
    }

    /// Asks for log-probabilities of the row begun last: of the sampled token and `alternatives`
    /// more, or of none where it is -1.
    public void setLogprobs(int alternatives) {
        logprobs.setAtIndex(INT, sequences - 1L, alternatives);
    }

    /// Says which tokens the row begun last has had, and how often its answer has: what penalties
    /// go by.
    public void setSeen(int[] ids, int[] counts, int size) {
        int row = sequences - 1;
        int at = seenOffsets.getAtIndex(INT, row);
        seenIds = grown(seenIds, at + size);
        seenCounts = grown(seenCounts, at + size);
        MemorySegment.copy(ids, 0, seenIds, INT, 4L * at, size);
        MemorySegment.copy(counts, 0, seenCounts, INT, 4L * at, size);
        seenOffsets.setAtIndex(INT, row + 1L, at + size);
    }

    /// Says which tokens may be sampled for the row begun last: one bit each, the lowest first.
    public void setMask(long[] allowed) {
        int row = sequences - 1;
        masked.setAtIndex(INT, row, 1);
        MemorySegment.copy(allowed, 0, masks, LONG, 8L * row * maskWords, maskWords);
    }

    private static MemorySegment grown(MemorySegment segment, int elements) {
        if (4L * elements <= segment.byteSize()) {
            return segment;
        }
        var larger = Arena.ofAuto().allocate(8L * elements, 8);
        return larger.copyFrom(segment);
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

    public float minP(int row) {
        return minPs.getAtIndex(FLOAT, row);
    }

    /// How many alternatives' log-probabilities are asked for; -1 if none are, nor the sampled
    /// token's.
    public int logprobs(int row) {
        return logprobs.getAtIndex(INT, row);
    }

    public float repetitionPenalty(int row) {
        return repetitionPenalties.getAtIndex(FLOAT, row);
    }

    public float presencePenalty(int row) {
        return presencePenalties.getAtIndex(FLOAT, row);
    }

    public float frequencyPenalty(int row) {
        return frequencyPenalties.getAtIndex(FLOAT, row);
    }

    /// Whether not all tokens may be sampled for a row.
    public boolean masked(int row) {
        return masked.getAtIndex(INT, row) != 0;
    }

    /// The bits of tokens `64 * word` and those that follow it.
    public long mask(int row, int word) {
        return masks.getAtIndex(LONG, (long) row * maskWords + word);
    }

    /// Where a row's biases begin; they end where the next row's begin.
    public int biasOffset(int row) {
        return biasOffsets.getAtIndex(INT, row);
    }

    public int biasId(int index) {
        return biasIds.getAtIndex(INT, index);
    }

    public float bias(int index) {
        return biases.getAtIndex(FLOAT, index);
    }

    /// Where the tokens that a row has had begin; they end where the next row's begin.
    public int seenOffset(int row) {
        return seenOffsets.getAtIndex(INT, row);
    }

    public int seenId(int index) {
        return seenIds.getAtIndex(INT, index);
    }

    public int seenCount(int index) {
        return seenCounts.getAtIndex(INT, index);
    }

    public long seed(int row) {
        return seeds.getAtIndex(LONG, row);
    }
}
