package io.pointsman.classifier.memory;

import io.pointsman.classifier.features.FeatureSet;
import java.util.Comparator;
import java.util.Random;

/// Made-up sketches, as skewed as real ones: a few buckets that many prompts share, a long tail
/// that few do, and families of prompts from one template. The lower a bucket, the commoner and the
/// lighter it is.
final class SketchFamilies {

    private static final int FAMILIES = 300;
    private static final float[] WEIGHTS = weights();

    private final Random random;
    private final char[][] templates = new char[FAMILIES][];

    SketchFamilies(long seed) {
        this.random = new Random(seed);
        for (int i = 0; i < FAMILIES; i++) {
            templates[i] = buckets(20 + random.nextInt(60));
        }
    }

    /// The weight of a bucket whose frequency is about one over its number.
    static float weight(int bucket) {
        return WEIGHTS[bucket];
    }

    /// The sketch of another prompt: the rarest of its buckets, some of which are its template's.
    Sketch next() {
        var template = templates[zipf(FAMILIES)];
        var own = buckets(20 + random.nextInt(120));
        var rarest =
                new StringBuilder()
                        .append(template)
                        .append(own)
                        .chars()
                        .distinct()
                        .boxed()
                        .sorted(Comparator.reverseOrder())
                        .limit(64)
                        .mapToInt(Integer::intValue)
                        .toArray();
        return sketch(rarest);
    }

    /// The same but for one bucket.
    Sketch like(Sketch sketch) {
        var buckets = sketch.buckets().clone();
        buckets[random.nextInt(buckets.length)] = (char) random.nextInt(FeatureSet.BUCKETS);
        return sketch(new String(buckets).chars().distinct().toArray());
    }

    private static float[] weights() {
        var weights = new float[FeatureSet.BUCKETS];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (Math.log(i + 2.0) / Math.log(weights.length));
        }
        return weights;
    }

    static Sketch sketch(int... buckets) {
        var chars = new char[buckets.length];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) buckets[i];
        }
        return new Sketch(chars);
    }

    private char[] buckets(int count) {
        var buckets = new char[count];
        for (int i = 0; i < count; i++) {
            buckets[i] = (char) zipf(FeatureSet.BUCKETS);
        }
        return buckets;
    }

    private int zipf(int count) {
        return (int) Math.pow(count + 1, random.nextDouble()) - 1;
    }
}
