package io.pointsman.serving.model;

/// Draws a token from logits; confined to its runner's thread, allocates nothing. Randomness is a
/// hash of (seed, position), so a sequence that is computed again draws the same tokens again.
///
/// Top-k and top-p need the tokens from the likeliest down, usually few of many: a heap over those
/// that are likely at all is built in linear time and only the few are taken from it. Where they
/// turn out not to be enough, the heap is built over all.
final class Sampler {

    /// The weight below which tokens are left aside at first; the likeliest has 1.
    private static final double UNLIKELY = 1e-6;

    private final long[] heap;
    private final double[] weights;
    private final float[] adjusted;
    private int size;

    Sampler(int vocabularySize) {
        heap = new long[vocabularySize];
        weights = new double[vocabularySize];
        adjusted = new float[vocabularySize];
    }

    /// The token for row `row` of `plan`, to stand at `position`.
    int sample(float[] logits, int offset, StepPlan plan, int row, int position) {
        boolean adjusts =
                plan.masked(row)
                        || plan.biasOffset(row) < plan.biasOffset(row + 1)
                        || plan.seenOffset(row) < plan.seenOffset(row + 1);
        if (!adjusts) {
            return draw(logits, offset, plan, row, position);
        }
        System.arraycopy(logits, offset, adjusted, 0, adjusted.length);
        adjust(plan, row);
        return draw(adjusted, 0, plan, row, position);
    }

    private void adjust(StepPlan plan, int row) {
        for (int i = plan.biasOffset(row); i < plan.biasOffset(row + 1); i++) {
            adjusted[plan.biasId(i)] += plan.bias(i);
        }
        for (int i = plan.seenOffset(row); i < plan.seenOffset(row + 1); i++) {
            int id = plan.seenId(i);
            int count = plan.seenCount(i);
            float logit = adjusted[id];
            float repetition = plan.repetitionPenalty(row);
            logit = logit > 0 ? logit / repetition : logit * repetition;
            if (count > 0) {
                logit -= plan.presencePenalty(row) + count * plan.frequencyPenalty(row);
            }
            adjusted[id] = logit;
        }
        for (int id = 0; plan.masked(row) && id < adjusted.length; id++) {
            if ((plan.mask(row, id >> 6) >>> id & 1) == 0) {
                adjusted[id] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    private int draw(float[] logits, int offset, StepPlan plan, int row, int position) {
        float temperature = plan.temperature(row);
        if (temperature <= 0) {
            return argmax(logits, offset);
        }
        double u = uniform(plan.seed(row), position);
        int topK = plan.topK(row);
        float topP = plan.topP(row);
        double total = weigh(logits, offset, temperature, plan.minP(row));
        return topK == 0 && topP >= 1
                ? pick(u * total)
                : pickFromLikeliest(logits, offset, topK, topP, total, u);
    }

    /// How likely each token of row `row` was.
    ///
    /// @param alternatives how many of the likeliest are told
    ModelRunner.Logprobs logprobs(float[] logits, int offset, int chosen, int alternatives) {
        float max = logits[offset + argmax(logits, offset)];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += Math.exp(logits[offset + i] - max);
        }
        double norm = max + Math.log(sum);
        int count = Math.min(alternatives, heap.length);
        var ids = new int[count];
        var top = new float[count];
        buildHeap(logits, offset, Double.NEGATIVE_INFINITY);
        for (int i = 0; i < count; i++) {
            ids[i] = id(takeLikeliest(i));
            top[i] = (float) (logits[offset + ids[i]] - norm);
        }
        return new ModelRunner.Logprobs((float) (logits[offset + chosen] - norm), ids, top);
    }

    private int argmax(float[] logits, int offset) {
        int best = 0;
        for (int i = 1; i < heap.length; i++) {
            if (logits[offset + i] > logits[offset + best]) {
                best = i;
            }
        }
        return best;
    }

    private double weigh(float[] logits, int offset, float temperature, float minP) {
        float max = logits[offset + argmax(logits, offset)];
        double total = 0;
        for (int i = 0; i < weights.length; i++) {
            double weight = Math.exp((logits[offset + i] - max) / temperature);
            weights[i] = weight < minP ? 0 : weight;
            total += weights[i];
        }
        return total;
    }

    private int pick(double target) {
        int last = 0;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] > 0) {
                last = i;
                target -= weights[i];
                if (target < 0) {
                    break;
                }
            }
        }
        return last;
    }

    private int pickFromLikeliest(
            float[] logits, int offset, int topK, float topP, double total, double u) {
        int most = topK == 0 ? heap.length : Math.min(topK, heap.length);
        double likely = buildHeap(logits, offset, UNLIKELY);
        if (size < most && likely < topP * total) {
            buildHeap(logits, offset, Double.NEGATIVE_INFINITY);
        }
        most = Math.min(most, size);
        int taken = 0;
        double mass = 0;
        while (taken < most && (taken == 0 || mass < topP * total)) {
            double weight = weights[id(takeLikeliest(taken))];
            taken++;
            if (weight == 0) {
                break;
            }
            mass += weight;
        }
        double target = u * mass;
        int last = size - 1;
        int chosen = id(heap[last]);
        for (int i = 0; i < taken && target >= 0; i++) {
            double weight = weights[id(heap[last - i])];
            if (weight > 0) {
                chosen = id(heap[last - i]);
                target -= weight;
            }
        }
        return chosen;
    }

    /// Builds a heap of the tokens of at least this weight; returns what they weigh together.
    private double buildHeap(float[] logits, int offset, double least) {
        size = 0;
        double total = 0;
        for (int i = 0; i < heap.length; i++) {
            if (weights[i] >= least) {
                heap[size++] = key(logits[offset + i], i);
                total += weights[i];
            }
        }
        for (int i = size / 2 - 1; i >= 0; i--) {
            siftDown(i, size);
        }
        return total;
    }

    /// Moves the likeliest of those left behind the heap's end, `taken` of which were taken before.
    private long takeLikeliest(int taken) {
        int end = size - 1 - taken;
        long top = heap[0];
        heap[0] = heap[end];
        heap[end] = top;
        siftDown(0, end);
        return top;
    }

    private void siftDown(int parent, int count) {
        long value = heap[parent];
        int at = parent;
        for (int child = 2 * at + 1; child < count; child = 2 * at + 1) {
            if (child + 1 < count && heap[child + 1] > heap[child]) {
                child++;
            }
            if (heap[child] <= value) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = value;
    }

    /// Orders by logit, the lower id first among equals.
    private static long key(float logit, int id) {
        int bits = Float.floatToIntBits(logit);
        int ordered = bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
        return ((long) ordered << 32) | (Integer.MAX_VALUE - id);
    }

    private static int id(long key) {
        return Integer.MAX_VALUE - (int) key;
    }

    /// A number in [0, 1): SplitMix64's output function over seed and position.
    private static double uniform(long seed, int position) {
        long z = mix(seed) + position * 0x9e3779b97f4a7c15L;
        return (mix(z) >>> 11) * 0x1p-53;
    }

    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
