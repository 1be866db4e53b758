package io.pointsman.benchmarks;

import java.util.List;

/// An engine under measurement, with a model loaded.
interface Contender extends AutoCloseable {

    /// What one request saw.
    ///
    /// @param firstNanos from its start to its first token
    /// @param nanos to its last
    /// @param tokens how many it got
    record Run(long firstNanos, long nanos, int tokens) {}

    String name();

    /// Runs prompts of token ids at once, each for `tokens` tokens, greedily; none may be found in
    /// a cache.
    List<Run> run(List<int[]> prompts, int tokens) throws Exception;

    @Override
    void close();
}
