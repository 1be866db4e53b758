package io.pointsman.serving.engine;

/// What the engine is doing, and has done since it started; a snapshot between two steps.
///
/// @param running sequences that hold blocks
/// @param waiting sequences that do not (yet, or no longer)
/// @param finished sequences that ended by themselves
/// @param aborted sequences that were cancelled or failed
/// @param completionTokens tokens generated
public record EngineStats(
        int running,
        int waiting,
        int freeBlocks,
        int totalBlocks,
        long steps,
        long finished,
        long aborted,
        long preemptions,
        long promptTokens,
        long completionTokens) {

    /// Nothing done yet.
    static EngineStats idle(int totalBlocks) {
        return new EngineStats(0, 0, totalBlocks, totalBlocks, 0, 0, 0, 0, 0, 0);
    }

    /// The part of the KV cache in use, in [0, 1].
    public double kvCacheUtilization() {
        return totalBlocks == 0 ? 0 : 1 - (double) freeBlocks / totalBlocks;
    }
}
