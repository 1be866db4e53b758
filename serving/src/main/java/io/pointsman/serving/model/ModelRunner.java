package io.pointsman.serving.model;

/// Owns a model's weights, its KV memory and sampling. Asynchronous by contract: work goes in as a
/// [StepPlan] and what was sampled comes out of the handle, so a device may still be computing when
/// [#submit] returns. All calls come from one thread, and at most one step is in flight.
///
/// What it computes for a sequence depends on that sequence's tokens and positions alone: neither
/// on what shares the step nor on how a prompt is cut into chunks. (A runner on parallel hardware
/// may round differently; it says by how much.)
public interface ModelRunner extends AutoCloseable {

    RunnerLimits limits();

    /// Reserves KV memory of at most `bytes` bytes, once, before the first step.
    ///
    /// @return how many blocks that makes, numbered from 0
    int allocate(long bytes);

    /// Copies whole blocks of the KV cache, `from[i]` to `to[i]`, before the next step.
    void copyBlocks(int[] from, int[] to, int count);

    /// Starts a step. The plan belongs to the runner until the handle's [Step#await] returns.
    Step submit(StepPlan plan);

    @Override
    void close();

    /// A step in flight.
    @FunctionalInterface
    interface Step {

        /// Waits for the step and returns the sampled id of each sequence, by its row in the plan;
        /// [StepPlan#NOTHING] where nothing was to be sampled. The array is the runner's and good
        /// until the next step.
        int[] await();

        /// How likely what was sampled for row `row` was, for a row that asked. Good until the next
        /// step.
        default Logprobs logprobs(int row) {
            throw new UnsupportedOperationException("this runner tells no log-probabilities");
        }
    }

    /// How likely a sampled token was before biases, penalties, temperature and cuts, as natural
    /// logarithms.
    ///
    /// @param topIds the likeliest tokens, best first
    /// @param top and their log-probabilities
    record Logprobs(float chosen, int[] topIds, float[] top) {}
}
