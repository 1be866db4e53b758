package io.pointsman.classifier;

import io.pointsman.classifier.features.Domain;
import io.pointsman.classifier.features.Encoding;
import io.pointsman.classifier.features.FeatureSet;
import io.pointsman.classifier.features.Features;

/// A weighted sum of n-grams and encoded structural features, with weights that all prompts share
/// and further ones for the prompt's [Domain]. Immutable by contract: nobody writes to the array.
///
/// @param bias what is added to every sum
/// @param weights a block of [#BLOCK] for all, then one per domain: n-gram buckets, encoded
///   features, and one for the domain as such
public record LinearModel(float bias, float[] weights) {

    /// How many weights a block has.
    public static final int BLOCK = FeatureSet.BUCKETS + Encoding.LENGTH + 1;

    /// How many weights there are.
    public static final int LENGTH = (1 + Domain.OWN) * BLOCK;

    public LinearModel {
        if (weights.length != LENGTH) {
            throw new IllegalArgumentException(
                    "%d weights where %d are needed".formatted(weights.length, LENGTH));
        }
        float sum = bias;
        for (float weight : weights) {
            sum += weight;
        }
        if (!Float.isFinite(sum)) {
            throw new IllegalArgumentException("not all weights are finite");
        }
    }

    /// Where the block of `domain` begins.
    public static int block(Domain domain) {
        return (1 + domain.index()) * BLOCK;
    }

    /// The sum for a prompt.
    public double of(Features features) {
        var domain = features.domain();
        double sum = bias;
        if (domain.shared()) {
            sum += sum(features, 0, 1, 1);
        }
        if (domain.own()) {
            sum += sum(features, block(domain), domain.ngrams(), domain.structure());
        }
        return sum;
    }

    private float sum(Features features, int block, float ngramScale, float structureScale) {
        float ngrams = 0;
        for (int bucket : features.ngrams()) {
            ngrams += weights[block + bucket];
        }
        float crosses = 0;
        for (int bucket : features.crosses()) {
            crosses += weights[block + bucket];
        }
        int at = block + FeatureSet.BUCKETS;
        float structure = 0;
        var encoded = features.encoded();
        for (int i = 0; i < encoded.count(); i++) {
            structure += encoded.covered()[i] * weights[at + encoded.stretches()[i]];
        }
        return ngramScale * (ngrams * features.ngramScale() + crosses * Features.CROSS_SCALE)
                + structureScale * (structure + weights[at + Encoding.LENGTH]);
    }

    /// Adds to `contributions`, by ordinal of the structural features, `scale` times what each
    /// brings to the sum.
    void explain(Features features, float scale, float[] contributions) {
        var domain = features.domain();
        if (domain.shared()) {
            explain(features, scale, 0, contributions);
        }
        if (domain.own()) {
            explain(features, scale * domain.structure(), block(domain), contributions);
        }
    }

    private void explain(Features features, float scale, int block, float[] contributions) {
        var encoded = features.encoded();
        for (int i = 0; i < encoded.count(); i++) {
            int stretch = encoded.stretches()[i];
            contributions[Encoding.feature(stretch)] +=
                    scale * encoded.covered()[i] * weights[block + FeatureSet.BUCKETS + stretch];
        }
    }
}
