package io.pointsman.classifier.memory;

import io.pointsman.classifier.features.FeatureSet;
import io.pointsman.classifier.features.Features;
import java.util.Arrays;

/// What is kept of a prompt so as to find its like again: a set of buckets of hashed n-grams. The
/// prompt cannot be read back from it. Immutable by contract: nobody writes to the array.
///
/// @param buckets distinct, at most [#LONGEST], each below [FeatureSet#BUCKETS]
public record Sketch(char[] buckets) {

    /// How many buckets a sketch has at most.
    public static final int LONGEST = 96;

    /// How many n-grams of a prompt are kept.
    private static final int KEPT = 64;

    public Sketch {
        if (buckets.length > LONGEST) {
            throw new IllegalArgumentException(
                    "a sketch has at most %d buckets, not %d".formatted(LONGEST, buckets.length));
        }
        for (char bucket : buckets) {
            if (bucket >= FeatureSet.BUCKETS) {
                throw new IllegalArgumentException("there is no bucket " + (int) bucket);
            }
        }
    }

    /// The sketch of a prompt: its heaviest n-grams, the earlier of two that weigh the same.
    public static Sketch of(Features features, BucketWeights weights) {
        var ngrams = features.ngrams();
        // Weight above, order of appearance below: sorting the numbers sorts the n-grams.
        var keys = new long[ngrams.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = -(long) Float.floatToRawIntBits(weights.of(ngrams[i])) << Integer.SIZE | i;
        }
        Arrays.sort(keys);
        var heaviest = new char[Math.min(KEPT, keys.length)];
        for (int i = 0; i < heaviest.length; i++) {
            heaviest[i] = (char) ngrams[(int) keys[i]];
        }
        return new Sketch(heaviest);
    }

    /// A hash of the buckets in their order: equal for equal prompts.
    public long hash() {
        long hash = buckets.length;
        for (char bucket : buckets) {
            hash = (hash ^ bucket) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return hash;
    }
}
