package io.pointsman.serving.engine;

/// How an engine is set up.
///
/// @param blockSize positions per block of the KV cache
/// @param tokenBudget tokens of one step, over all sequences; a prompt is cut into chunks to fit
/// @param maxSequences sequences that run at once
/// @param queueCapacity sequences that may be there beyond those
/// @param kvCacheBytes memory for keys and values
public record EngineOptions(
        int blockSize, int tokenBudget, int maxSequences, int queueCapacity, long kvCacheBytes) {

    /// For models of a few million parameters.
    public static final EngineOptions DEFAULT = new EngineOptions(16, 256, 16, 1024, 64L << 20);

    public EngineOptions {
        if (blockSize < 1 || maxSequences < 1 || queueCapacity < 1 || kvCacheBytes < 1) {
            throw new IllegalArgumentException("engine options must be positive");
        }
        if (tokenBudget < maxSequences) {
            throw new IllegalArgumentException(
                    "the token budget %d has no room for %d sequences"
                            .formatted(tokenBudget, maxSequences));
        }
    }

    public EngineOptions withKvCacheBytes(long bytes) {
        return new EngineOptions(blockSize, tokenBudget, maxSequences, queueCapacity, bytes);
    }
}
