package io.pointsman.classifier.features;

import java.util.Arrays;
import java.util.HexFormat;

/// Names the features, so that weights are never applied to others than they were fitted on.
public final class FeatureSet {

    /// The number of buckets that n-grams are hashed into.
    public static final int BUCKETS = 1 << 15;

    private static final int VERSION = 4;

    /// The version of the extractor's code, and a hash of all its tables.
    public static final String ID = "v%d-%s".formatted(VERSION, tables());

    private FeatureSet() {}

    private static String tables() {
        long hash = Hash.START;
        hash = Hash.mix(hash, BUCKETS);
        for (var feature : Structure.values()) {
            hash = Hash.text(hash, feature.name());
            hash = Hash.mix(hash, Arrays.hashCode(feature.cuts()));
        }
        hash = Hash.mix(hash, Lexicon.fingerprint());
        hash = Hash.mix(hash, NgramRarity.fingerprint());
        return HexFormat.of().toHexDigits(hash).substring(0, 8);
    }
}
