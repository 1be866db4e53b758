package io.pointsman.serving.engine;

/// What the engine is doing, and has done since it started; a snapshot between two steps.
///
/// @param running sequences that hold blocks
/// @param waiting sequences that do not (yet, or no longer)
/// @param freeBlocks blocks that no sequence refers to; they may yet be hit by the prefix cache
/// @param finished requests that ended by themselves
/// @param aborted requests that were cancelled or failed
/// @param rejected requests that were never let in
/// @param promptTokens tokens of the prompts of those that have generated something
/// @param completionTokens tokens generated
/// @param prefixQueries prompt tokens that were looked for in the prefix cache
/// @param prefixHits those that were there
public record EngineStats(
        int running,
        int waiting,
        int freeBlocks,
        int totalBlocks,
        long steps,
        long finished,
        long aborted,
        long rejected,
        long preemptions,
        long promptTokens,
        long completionTokens,
        long prefixQueries,
        long prefixHits) {

    /// Nothing done yet.
    static EngineStats idle(int totalBlocks) {
        return new EngineStats(0, 0, totalBlocks, totalBlocks, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    EngineStats withRejected(long count) {
        return new EngineStats(
                running,
                waiting,
                freeBlocks,
                totalBlocks,
                steps,
                finished,
                aborted,
                count,
                preemptions,
                promptTokens,
                completionTokens,
                prefixQueries,
                prefixHits);
    }

    /// The part of the KV cache in use, in [0, 1].
    public double kvCacheUtilization() {
        return totalBlocks == 0 ? 0 : 1 - (double) freeBlocks / totalBlocks;
    }
}
