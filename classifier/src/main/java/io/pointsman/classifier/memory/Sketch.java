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

    /// The buckets in the order of their tickets: the smaller, the sooner one is kept.
    private static final char[] DRAWN = drawn();

    /// Per bucket, its place in that order.
    private static final char[] PLACES = places();

    /// A bit per place. Confined to its thread, and all zero between sketches.
    private static final ThreadLocal<long[]> TAKEN =
            ThreadLocal.withInitial(() -> new long[FeatureSet.BUCKETS / Long.SIZE]);

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
        var taken = TAKEN.get();
        for (int ngram : ngrams) {
            int place = PLACES[ngram];
            taken[place / Long.SIZE] |= 1L << place;
        }
        var kept = new char[Math.min(KEPT, ngrams.length)];
        int count = 0;
        for (int i = 0; count < kept.length; i++) {
            for (long left = taken[i]; left != 0 && count < kept.length; left &= left - 1) {
                kept[count++] = DRAWN[i * Long.SIZE + Long.numberOfTrailingZeros(left)];
            }
        }
        Arrays.fill(taken, 0);
        return new Sketch(kept);
    }

    private static char[] drawn() {
        var keys = new long[FeatureSet.BUCKETS];
        for (int bucket = 0; bucket < keys.length; bucket++) {
            keys[bucket] = (long) Float.floatToRawIntBits(ticket(bucket)) << Integer.SIZE | bucket;
        }
        Arrays.sort(keys);
        var drawn = new char[keys.length];
        for (int place = 0; place < drawn.length; place++) {
            drawn[place] = (char) keys[place];
        }
        return drawn;
    }

    private static char[] places() {
        var places = new char[DRAWN.length];
        for (int place = 0; place < places.length; place++) {
            places[DRAWN[place]] = (char) place;
        }
        return places;
    }

    /// An exponential variate with the squared rarity as its rate, drawn by the bucket's hash.
    private static float ticket(int bucket) {
        var random = new SplittableRandom(bucket);
        double rarity = Math.max(NgramRarity.of(bucket), 0.01);
        return (float) (-Math.log(1 - random.nextDouble()) / (rarity * rarity));
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
