package io.pointsman.classifier.memory;

import io.pointsman.classifier.features.FeatureSet;
import io.pointsman.classifier.features.Features;
import io.pointsman.classifier.features.NgramRarity;
import java.util.Arrays;
import java.util.SplittableRandom;

/// What is kept of a prompt so as to find its like again: a set of buckets of hashed n-grams. The
/// prompt cannot be read back from it. Immutable by contract: nobody writes to the array.
///
/// @param buckets distinct, at most [#LONGEST], each below [FeatureSet#BUCKETS]
public record Sketch(char[] buckets) {

    /// How many buckets a sketch has at most.
    public static final int LONGEST = 96;

    /// How many n-grams of a prompt are kept.
    private static final int KEPT = 48;

    /// Per bucket, its place in the draw: the smaller, the sooner it is kept.
    private static final float[] TICKETS = tickets();

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

    /// The sketch of a prompt: a sample of its n-grams, rarer ones likelier (bottom-k sampling,
    /// Cohen and Kaplan 2007). Every bucket draws the same ticket in every prompt, so that two
    /// prompts that share n-grams keep the same ones of them.
    public static Sketch of(Features features) {
        var ngrams = features.ngrams();
        var keys = new long[ngrams.length];
        for (int i = 0; i < keys.length; i++) {
            int ticket = Float.floatToRawIntBits(TICKETS[ngrams[i]]);
            keys[i] = (long) ticket << Integer.SIZE | ngrams[i];
        }
        Arrays.sort(keys);
        var kept = new char[Math.min(KEPT, keys.length)];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = (char) keys[i];
        }
        return new Sketch(kept);
    }

    /// An exponential variate with the squared rarity as its rate, drawn by the bucket's hash.
    private static float[] tickets() {
        var tickets = new float[FeatureSet.BUCKETS];
        for (int bucket = 0; bucket < tickets.length; bucket++) {
            var random = new SplittableRandom(bucket);
            double rarity = Math.max(NgramRarity.of(bucket), 0.01);
            tickets[bucket] = (float) (-Math.log(1 - random.nextDouble()) / (rarity * rarity));
        }
        return tickets;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sketch(var theirs) && Arrays.equals(buckets, theirs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(buckets);
    }
}
