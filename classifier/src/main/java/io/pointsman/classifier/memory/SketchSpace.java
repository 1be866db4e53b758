package io.pointsman.classifier.memory;

import io.pointsman.classifier.features.FeatureSet;
import java.util.concurrent.ConcurrentLinkedQueue;

/// What indexes of sketches share: the weights of buckets, and the working memory of searches, as
/// much of it as there were ever searches at a time. Safe for use by many threads.
public final class SketchSpace {

    private final float[] squares = new float[FeatureSet.BUCKETS];
    private final ConcurrentLinkedQueue<SketchSearch> idle = new ConcurrentLinkedQueue<>();

    /// A space where buckets weigh what `weights` says now.
    public SketchSpace(BucketWeights weights) {
        for (int bucket = 0; bucket < squares.length; bucket++) {
            float weight = weights.of(bucket);
            if (!(weight >= 0 && weight < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "a weight is finite and not negative, but bucket %d has %s"
                                .formatted(bucket, weight));
            }
            squares[bucket] = weight * weight;
        }
    }

    /// The squared weight of a bucket.
    float square(int bucket) {
        return squares[bucket];
    }

    /// One over the Euclidean length of a sketch; 0 where nothing of it has weight.
    float inverseNorm(Sketch sketch) {
        double sum = 0;
        for (char bucket : sketch.buckets()) {
            sum += squares[bucket];
        }
        return sum == 0 ? 0 : (float) (1 / Math.sqrt(sum));
    }

    /// Working memory that nobody else uses until it is given back.
    SketchSearch borrow() {
        var search = idle.poll();
        return search == null ? new SketchSearch(this) : search;
    }

    void giveBack(SketchSearch search) {
        idle.add(search);
    }
}
