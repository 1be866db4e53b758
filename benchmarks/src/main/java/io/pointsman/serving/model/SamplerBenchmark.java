package io.pointsman.serving.model;

import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Drawing one token of Qwen's vocabulary of 151,936.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SamplerBenchmark {

    private static final int VOCABULARY = 151_936;

    /// How: greedily, as DeepSeek advises (temperature 0.6, top-p 0.95), with top-k too, and from
    /// all tokens.
    @Param({"greedy", "r1", "r1-top-k-20", "all"})
    public String sampling = "";

    private final float[] logits = new float[VOCABULARY];
    private final Sampler sampler = new Sampler(VOCABULARY);
    private final StepPlan plan = new StepPlan(new RunnerLimits(32, VOCABULARY, 16, 8, 1));
    private int position;

    /// Logits as trained models have them: few stand out.
    @Setup
    public void fill() {
        var random = new Random(1);
        for (int i = 0; i < VOCABULARY; i++) {
            logits[i] = (float) (random.nextGaussian() * 2.5);
        }
        for (int i = 0; i < 30; i++) {
            logits[random.nextInt(VOCABULARY)] = 12 + random.nextFloat() * 8;
        }
        var parameters =
                Map.of(
                                "greedy",
                                SamplingParameters.GREEDY,
                                "r1",
                                SamplingParameters.temperature(0.6, 1).withCuts(0, 0.95, 0),
                                "r1-top-k-20",
                                SamplingParameters.temperature(0.6, 1).withCuts(20, 0.95, 0),
                                "all",
                                SamplingParameters.temperature(1, 1))
                        .getOrDefault(sampling, SamplingParameters.GREEDY);
        plan.clear();
        plan.beginSequence(true, StepPlan.NOTHING, parameters);
    }

    /// One token.
    @Benchmark
    public int sample() {
        return sampler.sample(logits, 0, plan, 0, position++ & 0xffff);
    }
}
