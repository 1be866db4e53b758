package io.pointsman.serving.engine;

import io.pointsman.serving.model.KvStorage;

/// How an engine is set up.
///
/// @param blockSize positions per block of the KV cache
/// @param tokenBudget tokens of one step, over all sequences; a prompt is cut into chunks to fit
/// @param maxSequences sequences of one step
/// @param queueCapacity choices that may wait beyond those
/// @param kvCacheBytes memory for keys and values
/// @param kvStorage how they are stored
/// @param prefixCaching whether prompts use what earlier ones have left in the KV cache
/// @param thinkingMessage what is written at the end of a thinking that is closed because its
///   budget is spent, before the closing tag
public record EngineOptions(
        int blockSize,
        int tokenBudget,
        int maxSequences,
        int queueCapacity,
        long kvCacheBytes,
        KvStorage kvStorage,
        boolean prefixCaching,
        String thinkingMessage) {

    /// For models of a few million parameters.
    public static final EngineOptions DEFAULT =
            new EngineOptions(16, 144, 16, 1024, 64L << 20, KvStorage.F32, true, "");

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

    /// The same with other sizes of a step and its blocks.
    public EngineOptions withSteps(int newBlockSize, int newTokenBudget, int newMaxSequences) {
        return new EngineOptions(
                newBlockSize,
                newTokenBudget,
                newMaxSequences,
                queueCapacity,
                kvCacheBytes,
                kvStorage,
                prefixCaching,
                thinkingMessage);
    }

    public EngineOptions withQueueCapacity(int capacity) {
        return new EngineOptions(
                blockSize,
                tokenBudget,
                maxSequences,
                capacity,
                kvCacheBytes,
                kvStorage,
                prefixCaching,
                thinkingMessage);
    }

    public EngineOptions withKvCache(long bytes, KvStorage storage) {
        return new EngineOptions(
                blockSize,
                tokenBudget,
                maxSequences,
                queueCapacity,
                bytes,
                storage,
                prefixCaching,
                thinkingMessage);
    }

    public EngineOptions withKvCacheBytes(long bytes) {
        return withKvCache(bytes, kvStorage);
    }

    public EngineOptions withPrefixCaching(boolean caching) {
        return new EngineOptions(
                blockSize,
                tokenBudget,
                maxSequences,
                queueCapacity,
                kvCacheBytes,
                kvStorage,
                caching,
                thinkingMessage);
    }

    public EngineOptions withThinkingMessage(String message) {
        return new EngineOptions(
                blockSize,
                tokenBudget,
                maxSequences,
                queueCapacity,
                kvCacheBytes,
                kvStorage,
                prefixCaching,
                message);
    }
}
