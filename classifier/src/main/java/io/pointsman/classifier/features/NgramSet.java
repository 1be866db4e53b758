package io.pointsman.classifier.features;

import java.util.Arrays;

/// The distinct buckets of hashes, in order of appearance. Confined to its thread, which has one.
final class NgramSet {

    private static final ThreadLocal<NgramSet> OWN = ThreadLocal.withInitial(NgramSet::new);

    private final long[] seen = new long[FeatureSet.BUCKETS / Long.SIZE];
    private int[] buckets = new int[1024];
    private int size;

    private NgramSet() {}

    /// The thread's own, empty: what it held before is gone.
    static NgramSet own() {
        var own = OWN.get();
        Arrays.fill(own.seen, 0);
        own.size = 0;
        return own;
    }

    /// Adds the bucket of `hash`; says whether it was new.
    boolean add(long hash) {
        int bucket = bucket(hash);
        long bit = 1L << bucket;
        if ((seen[bucket >> 6] & bit) != 0) {
            return false;
        }
        seen[bucket >> 6] |= bit;
        if (size == buckets.length) {
            buckets = Arrays.copyOf(buckets, 2 * size);
        }
        buckets[size++] = bucket;
        return true;
    }

    static int bucket(long hash) {
        return (int) (Hash.mix(hash, 7) & (FeatureSet.BUCKETS - 1));
    }

    int[] toArray() {
        return Arrays.copyOf(buckets, size);
    }
}
