package io.pointsman.serving.engine;

import io.pointsman.serving.model.ModelRunner;
import io.pointsman.serving.model.RunnerLimits;
import io.pointsman.serving.model.StepPlan;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/// A model that always says the same: its token at a position is what a script says, unless another
/// is forced. A block takes one byte.
final class ScriptedRunner implements ModelRunner {

    private final RunnerLimits limits;
    private final IntUnaryOperator script;
    private int steps;

    /// @param script the token at each position
    ScriptedRunner(RunnerLimits limits, IntUnaryOperator script) {
        this.limits = limits;
        this.script = script;
    }

    int steps() {
        return steps;
    }

    @Override
    public RunnerLimits limits() {
        return limits;
    }

    @Override
    public int allocate(long bytes) {
        return (int) bytes;
    }

    @Override
    public void copyBlocks(int[] from, int[] to, int count) {}

    @Override
    public Step submit(StepPlan plan) {
        steps++;
        var sampled = new int[plan.sequences()];
        Arrays.fill(sampled, StepPlan.NOTHING);
        for (int row = 0; row < sampled.length; row++) {
            if (plan.samples(row)) {
                int position = plan.position(plan.sequenceOffset(row + 1) - 1) + 1;
                int forced = plan.forcedId(row);
                sampled[row] = forced == StepPlan.NOTHING ? script.applyAsInt(position) : forced;
            }
        }
        return () -> sampled;
    }

    @Override
    public void close() {}
}
