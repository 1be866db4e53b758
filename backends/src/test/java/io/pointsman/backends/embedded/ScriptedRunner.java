package io.pointsman.backends.embedded;

import io.pointsman.serving.model.ModelRunner;
import io.pointsman.serving.model.RunnerLimits;
import io.pointsman.serving.model.StepPlan;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/// A model that always says the same: its token at a place behind the prompt is what a script says.
final class ScriptedRunner implements ModelRunner {

    private final RunnerLimits limits;
    private final int promptTokens;
    private final IntUnaryOperator script;

    /// @param script the token at each place of the answer
    ScriptedRunner(RunnerLimits limits, int promptTokens, IntUnaryOperator script) {
        this.limits = limits;
        this.promptTokens = promptTokens;
        this.script = script;
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
        var sampled = new int[plan.sequences()];
        Arrays.fill(sampled, StepPlan.NOTHING);
        for (int row = 0; row < sampled.length; row++) {
            if (plan.samples(row)) {
                int last = plan.position(plan.sequenceOffset(row + 1) - 1);
                sampled[row] = script.applyAsInt(last + 1 - promptTokens);
            }
        }
        return () -> sampled;
    }

    @Override
    public void close() {}
}
