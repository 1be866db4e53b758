package io.pointsman.classifier.features;

/// What is known about one request, shared by the heads of all model pairs. Immutable by contract:
/// nobody writes to the arrays.
///
/// @param hash of the text: equal for equal prompts
/// @param ngrams the distinct buckets of the hashed n-grams, in order of appearance, each in [0,
///   [FeatureSet#BUCKETS])
/// @param crosses buckets, in the same range, that join how the text opens with how large it and
///   its numbers are
/// @param structure a finite value per [Structure], by its ordinal
/// @param encoded `structure` as linear models see it
/// @param domain what form the prompt has
public record Features(
        long hash,
        int[] ngrams,
        int[] crosses,
        float[] structure,
        Encoding encoded,
        Domain domain) {

    /// What each cross counts for.
    public static final float CROSS_SCALE = 0.6f;

    /// What structure alone tells: a text without n-grams.
    public static Features ofStructure(float[] structure) {
        return of(0, new int[0], new int[0], structure);
    }

    static Features of(long hash, int[] ngrams, int[] crosses, float[] structure) {
        return new Features(
                hash, ngrams, crosses, structure, Encoding.of(structure), Domain.of(structure));
    }

    /// The value of a structural feature.
    public float of(Structure feature) {
        return structure[feature.index()];
    }

    /// What each n-gram counts for, so that long texts do not outweigh short ones.
    public float ngramScale() {
        return (float) (4 / Math.sqrt(Math.max(16, ngrams.length)));
    }
}
