package io.pointsman.serving.engine;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What the bookkeeping of the KV cache costs: 8,192 blocks of 16 positions, half of them findable.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BlocksBenchmark {

    private static final int BLOCKS = 8192;
    private static final int BLOCK_SIZE = 16;
    private static final int PROMPT = 2048;

    private final BlockManager blocks = new BlockManager(BLOCKS, BLOCK_SIZE);
    private final int[] prompt = new Random(1).ints(PROMPT, 0, 150_000).toArray();

    /// Fills half of the cache with other prompts, and then this one.
    @Setup
    public void fill() {
        var random = new Random(2);
        for (int i = 0; i < BLOCKS / 2 / (PROMPT / BLOCK_SIZE); i++) {
            add(random.ints(PROMPT, 0, 150_000).toArray());
        }
        add(prompt);
    }

    private void add(int[] tokens) {
        long parent = PrefixCache.ROOT;
        for (int from = 0; from < tokens.length; from += BLOCK_SIZE) {
            int block = blocks.allocate();
            parent = blocks.cache().add(parent, "", tokens, from, block);
            blocks.release(block);
        }
    }

    /// One block taken and given back.
    @Benchmark
    public int allocateAndRelease() {
        int block = blocks.allocate();
        blocks.release(block);
        return block;
    }

    /// A prompt of 2,048 tokens found whole: 128 blocks.
    @Benchmark
    public long matchPromptOf2048() {
        long parent = PrefixCache.ROOT;
        for (int from = 0; from < PROMPT; from += BLOCK_SIZE) {
            parent = blocks.cache().nodeOf(blocks.cache().find(parent, "", prompt, from));
        }
        return parent;
    }
}
