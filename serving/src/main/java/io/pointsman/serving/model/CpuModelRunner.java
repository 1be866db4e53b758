package io.pointsman.serving.model;

import io.pointsman.serving.gguf.Gguf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Runs a model in plain Java on the thread that submits, which for a model of a million parameters
/// is faster than waking another; the handle is done when [#submit] returns. Confined to one
/// thread.
///
/// Attention reads keys and values through the block table (Kwon et al. 2023, PagedAttention).
/// Every token is computed by the same operations in the same order wherever it stands in a step,
/// so results do not depend on batching or chunking, bit by bit.
public final class CpuModelRunner implements ModelRunner {

    private final ModelConfig config;
    private final RunnerLimits limits;
    private final KvLayout layout;
    private final Weights weights;
    private final Kernels kernels;
    private final RotaryEmbedding rotary;
    private final Sampler sampler;

    private final float[] stream;
    private final float[] normed;
    private final float[] queries;
    private final float[] keys;
    private final float[] values;
    private final float[] attention;
    private final float[] projected;
    private final float[] gate;
    private final float[] up;
    private final float[] logits;
    private final int[] sampled;
    private final int[] lastSampled;
    private final @Nullable Logprobs[] logprobs;

    private @Nullable KvCache cache;
    private float[] scores = new float[0];

    CpuModelRunner(
            ModelConfig config,
            RunnerLimits limits,
            KvLayout layout,
            Weights weights,
            Kernels kernels) {
        this.config = config;
        this.limits = limits;
        this.layout = layout;
        this.weights = weights;
        this.kernels = kernels;
        int tokens = limits.maxTokens();
        rotary = new RotaryEmbedding(config, weights.frequencyFactors(), tokens);
        sampler = new Sampler(config.vocabularySize());
        stream = new float[tokens * config.width()];
        normed = new float[tokens * config.width()];
        queries = new float[tokens * config.queryWidth()];
        keys = new float[tokens * config.kvWidth()];
        values = new float[tokens * config.kvWidth()];
        attention = new float[tokens * config.queryWidth()];
        projected = new float[tokens * config.width()];
        gate = new float[tokens * config.feedForward()];
        up = new float[tokens * config.feedForward()];
        logits = new float[limits.maxSequences() * config.vocabularySize()];
        sampled = new int[limits.maxSequences()];
        lastSampled = new int[limits.maxSequences()];
        logprobs = new Logprobs[limits.maxSequences()];
    }

    /// A runner for the model in `file`. Weights are unpacked to floats.
    ///
    /// @param storage how keys and values are stored
    /// @param blockSize positions per block of the KV cache
    /// @throws io.pointsman.serving.gguf.GgufException where the file holds no such model
    public static CpuModelRunner load(
            Gguf file, KvStorage storage, int blockSize, int maxTokens, int maxSequences) {
        var config = ModelConfig.from(file);
        var limits =
                new RunnerLimits(
                        config.contextLength(),
                        config.vocabularySize(),
                        blockSize,
                        maxTokens,
                        maxSequences);
        return new CpuModelRunner(
                config,
                limits,
                KvLayout.of(config, storage, blockSize),
                Weights.from(file, config),
                new ScalarKernels());
    }

    /// The positions that the model in `file` was made for.
    public static int contextLength(Gguf file) {
        return ModelConfig.from(file).contextLength();
    }

    @Override
    public RunnerLimits limits() {
        return limits;
    }

    @Override
    public int allocate(long bytes) {
        if (cache != null) {
            throw new IllegalStateException("KV memory is allocated once");
        }
        int blocks = layout.blocks(bytes);
        cache = new KvCache(layout, blocks);
        scores =
                new float
                        [(int)
                                Math.min(
                                        limits.contextLength(),
                                        (long) blocks * limits.blockSize())];
        return blocks;
    }

    @Override
    public void copyBlocks(int[] from, int[] to, int count) {
        var memory = allocated();
        for (int i = 0; i < count; i++) {
            memory.copyBlock(from[i], to[i]);
        }
    }

    @Override
    public Step submit(StepPlan plan) {
        var memory = allocated();
        embed(plan);
        rotary.prepare(plan);
        for (int layer = 0; layer < config.layers(); layer++) {
            attend(plan, layer, memory);
            feedForward(plan.tokens(), weights.layers().get(layer));
        }
        sample(plan);
        return new Sampled();
    }

    /// What the last step sampled, and how likely it was.
    private final class Sampled implements Step {
        @Override
        public int[] await() {
            return sampled;
        }

        @Override
        public Logprobs logprobs(int row) {
            var told = logprobs[row];
            if (told == null) {
                throw new IllegalStateException("row " + row + " did not ask");
            }
            return told;
        }
    }

    @Override
    public void close() {
        cache = null;
    }

    /// The logits of the last step: one vocabulary for each row that sampled, in the order of rows.
    float[] logits() {
        return logits;
    }

    private KvCache allocated() {
        if (cache == null) {
            throw new IllegalStateException("there is no KV memory");
        }
        return cache;
    }

    private void embed(StepPlan plan) {
        for (int t = 0; t < plan.tokens(); t++) {
            int id = plan.id(t) < 0 ? lastSampled[-1 - plan.id(t)] : plan.id(t);
            weights.embeddings().decodeRow(id, stream, t * config.width());
        }
    }

    private void attend(StepPlan plan, int layer, KvCache memory) {
        int tokens = plan.tokens();
        var layerWeights = weights.layers().get(layer);
        kernels.rmsNorm(stream, layerWeights.attentionNorm(), config.normEpsilon(), tokens, normed);
        project(layerWeights.query(), normed, tokens, queries);
        project(layerWeights.key(), normed, tokens, keys);
        project(layerWeights.value(), normed, tokens, values);
        rotary.apply(queries, config.heads(), tokens);
        rotary.apply(keys, config.kvHeads(), tokens);
        for (int t = 0; t < tokens; t++) {
            memory.store(layer, plan.slot(t), keys, values, t * config.kvWidth());
        }
        Arrays.fill(attention, 0, tokens * config.queryWidth(), 0);
        for (int row = 0; row < plan.sequences(); row++) {
            for (int head = 0; head < config.kvHeads(); head++) {
                attend(plan, row, layer, head, memory);
            }
        }
        project(layerWeights.attentionOutput(), attention, tokens, projected);
        addToStream(tokens);
    }

    /// Lets the tokens of a row look at one head of keys and values.
    private void attend(StepPlan plan, int row, int layer, int kvHead, KvCache memory) {
        int end = plan.sequenceOffset(row + 1);
        if (plan.sequenceOffset(row) == end) {
            return;
        }
        memory.select(plan, row, layer, kvHead, plan.position(end - 1) + 1);
        int group = config.heads() / config.kvHeads();
        for (int t = plan.sequenceOffset(row); t < end; t++) {
            for (int head = kvHead * group; head < (kvHead + 1) * group; head++) {
                attend(
                        t * config.queryWidth() + head * config.headSize(),
                        plan.position(t) + 1,
                        memory);
            }
        }
    }

    private void attend(int query, int length, KvCache memory) {
        int size = config.headSize();
        int blockSize = limits.blockSize();
        int stride = memory.stride();
        float scale = (float) (1 / Math.sqrt(size));
        var memoryKeys = memory.keys();
        for (int start = 0; start < length; start += blockSize) {
            int key = memory.start(start / blockSize);
            int end = Math.min(length, start + blockSize);
            for (int position = start; position < end; position++, key += stride) {
                scores[position] = scale * kernels.dot(queries, query, memoryKeys, key, size);
            }
        }
        kernels.softmax(scores, length);
        var memoryValues = memory.values();
        for (int start = 0; start < length; start += blockSize) {
            int value = memory.start(start / blockSize);
            int end = Math.min(length, start + blockSize);
            for (int position = start; position < end; position++, value += stride) {
                kernels.addScaled(attention, query, scores[position], memoryValues, value, size);
            }
        }
    }

    private void feedForward(int tokens, Weights.Layer layer) {
        kernels.rmsNorm(stream, layer.feedForwardNorm(), config.normEpsilon(), tokens, normed);
        kernels.multiply(layer.gate(), normed, tokens, gate);
        kernels.multiply(layer.up(), normed, tokens, up);
        kernels.swiGlu(gate, up, tokens * config.feedForward());
        kernels.multiply(layer.down(), gate, tokens, projected);
        addToStream(tokens);
    }

    private void project(Weights.Projection projection, float[] in, int tokens, float[] out) {
        kernels.multiply(projection.matrix(), in, tokens, out);
        var bias = projection.bias();
        if (bias != null) {
            for (int t = 0; t < tokens; t++) {
                for (int i = 0; i < bias.length; i++) {
                    out[t * bias.length + i] += bias[i];
                }
            }
        }
    }

    private void addToStream(int tokens) {
        for (int i = 0; i < tokens * config.width(); i++) {
            stream[i] += projected[i];
        }
    }

    /// Only the last token of a row that samples goes through the output matrix.
    private void sample(StepPlan plan) {
        int width = config.width();
        int count = 0;
        for (int row = 0; row < plan.sequences(); row++) {
            if (plan.samples(row)) {
                int last = plan.sequenceOffset(row + 1) - 1;
                System.arraycopy(stream, last * width, projected, count++ * width, width);
            }
        }
        kernels.rmsNorm(projected, weights.outputNorm(), config.normEpsilon(), count, normed);
        kernels.multiply(weights.output(), normed, count, logits);
        int offset = 0;
        for (int row = 0; row < plan.sequences(); row++) {
            sampled[row] = StepPlan.NOTHING;
            logprobs[row] = null;
            if (plan.samples(row)) {
                sampled[row] = sample(plan, row, offset);
                if (plan.logprobs(row) >= 0) {
                    int id = sampled[row];
                    logprobs[row] = sampler.logprobs(logits, offset, id, plan.logprobs(row));
                }
                offset += config.vocabularySize();
            }
        }
        System.arraycopy(sampled, 0, lastSampled, 0, plan.sequences());
    }

    private int sample(StepPlan plan, int row, int offset) {
        if (plan.forcedId(row) != StepPlan.NOTHING) {
            return plan.forcedId(row);
        }
        int position = plan.position(plan.sequenceOffset(row + 1) - 1) + 1;
        return sampler.sample(logits, offset, plan, row, position);
    }
}
