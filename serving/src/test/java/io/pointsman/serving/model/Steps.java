package io.pointsman.serving.model;

import io.pointsman.serving.gguf.Gguf;
import java.util.Arrays;

/// One sequence driven by hand through a runner, for tests: its blocks are `firstBlock` and those
/// behind it.
final class Steps {

    private final ModelRunner runner;
    private final StepPlan plan;
    private final int firstBlock;
    private int computed;

    Steps(ModelRunner runner, int firstBlock) {
        this.runner = runner;
        this.firstBlock = firstBlock;
        plan = new StepPlan(runner.limits());
    }

    static CpuModelRunner runner(Gguf file, int blockSize) {
        return runner(file, KvStorage.F32, blockSize);
    }

    static CpuModelRunner runner(Gguf file, KvStorage storage, int blockSize) {
        var runner = CpuModelRunner.load(file, storage, blockSize, 64, 8);
        runner.allocate(8 << 20);
        return runner;
    }

    /// Computes `ids` in one step and returns what is sampled behind them.
    int add(SamplingParameters sampling, int... ids) {
        plan.clear();
        addTo(plan, sampling, ids);
        return runner.submit(plan).await()[0];
    }

    /// Adds `ids` to a plan that holds others too; returns its row.
    int addTo(StepPlan shared, SamplingParameters sampling, int... ids) {
        int row = shared.beginSequence(true, StepPlan.NOTHING, sampling);
        int blockSize = runner.limits().blockSize();
        for (int i = 0; i < runner.limits().blocks(computed + ids.length); i++) {
            shared.setBlock(i, firstBlock + i);
        }
        for (int id : ids) {
            shared.addToken(id, computed, firstBlock * blockSize + computed);
            computed++;
        }
        return row;
    }

    /// The prompt in chunks of `chunk`, then `count` greedy tokens one by one.
    int[] generate(int[] prompt, int chunk, SamplingParameters sampling, int count) {
        int next = StepPlan.NOTHING;
        for (int at = 0; at < prompt.length; at += chunk) {
            int end = Math.min(prompt.length, at + chunk);
            next = add(sampling, Arrays.copyOfRange(prompt, at, end));
        }
        var generated = new int[count];
        for (int i = 0; i < count; i++) {
            generated[i] = next;
            next = add(sampling, next);
        }
        return generated;
    }
}
