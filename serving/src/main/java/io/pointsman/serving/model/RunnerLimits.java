package io.pointsman.serving.model;

/// What a runner can take, fixed when it is made.
///
/// @param contextLength positions of one sequence
/// @param vocabularySize token ids are below this
/// @param blockSize positions that one block of the KV cache holds
/// @param maxTokens tokens of one step, over all sequences
/// @param maxSequences sequences of one step
public record RunnerLimits(
        int contextLength, int vocabularySize, int blockSize, int maxTokens, int maxSequences) {

    public RunnerLimits {
        if (contextLength < 2 || vocabularySize < 1 || blockSize < 1 || maxSequences < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
        if (maxTokens < maxSequences) {
            throw new IllegalArgumentException("a step must have room for a token per sequence");
        }
    }

    /// Blocks that hold `tokens` positions.
    public int blocks(int tokens) {
        return Math.ceilDiv(tokens, blockSize);
    }
}
