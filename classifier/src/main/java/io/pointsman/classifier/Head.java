package io.pointsman.classifier;

import io.pointsman.classifier.features.Encoding;
import io.pointsman.classifier.features.FeatureSet;
import io.pointsman.classifier.features.Features;
import io.pointsman.classifier.features.Structure;
import io.pointsman.classifier.features.Topic;

/// A linear model over the shared features for one pair of models: where the weaker one's answers
/// suffice, and where the stronger one's are better. Immutable by contract: nobody writes to the
/// arrays of `weights`.
///
/// @param identity whose head it is and what it was fitted on
/// @param weights what it learned
/// @param calibration from the linear margin to an expected gain
public record Head(Identity identity, Weights weights, Calibration calibration) {

    /// Where a head comes from.
    ///
    /// @param name as the configuration names it
    /// @param weak the fast model
    /// @param strong the reasoner
    /// @param rows how many outcomes it was fitted on
    /// @param fingerprint a hash of those outcomes and the settings
    public record Identity(String name, String weak, String strong, int rows, String fingerprint) {}

    /// The parameters of the linear model.
    ///
    /// @param bias what is added to every margin
    /// @param ngrams a weight per n-gram bucket
    /// @param structure a weight per number of [Encoding]
    /// @param usual per [Structure], its mean contribution over the rows of the fit: reasons are
    ///   told against it
    public record Weights(float bias, float[] ngrams, float[] structure, float[] usual) {
        public Weights {
            check("n-gram weights", ngrams, FeatureSet.BUCKETS);
            check("structure weights", structure, Encoding.LENGTH);
            check("usual contributions", usual, Structure.COUNT);
            check("bias", new float[] {bias}, 1);
        }

        private static void check(String what, float[] values, int length) {
            if (values.length != length) {
                throw new IllegalArgumentException(
                        "%d %s where %d are needed".formatted(values.length, what, length));
            }
            for (float value : values) {
                if (!Float.isFinite(value)) {
                    throw new IllegalArgumentException("not all %s are finite".formatted(what));
                }
            }
        }
    }

    /// How large the margin is: the sum of all weighted features.
    public double margin(Features features) {
        double margin = weights.bias() + ngramMargin(features);
        var encoded = Encoding.encode(features.structure());
        var structure = weights.structure();
        for (int i = 0; i < encoded.length; i++) {
            margin += structure[i] * encoded[i];
        }
        return margin;
    }

    /// The expected gain of asking the reasoner, in [0, 1]: the mean of `max(0, s - w)`.
    public double gain(Features features) {
        return calibration.gain(margin(features));
    }

    /// The difficulty score in [0, 1]; 0.5 where the expected gain is the break-even gain.
    public double difficulty(Features features) {
        return calibration.difficulty(gain(features));
    }

    /// How much each topic moves the margin away from what is usual, by the topic's ordinal.
    public float[] topicContributions(Features features) {
        var topics = new float[Topic.values().length];
        var contributions = contributions(features);
        for (var feature : Structure.values()) {
            topics[feature.topic().index()] += contributions[feature.index()];
        }
        return topics;
    }

    /// How much each structural feature moves the margin away from what is usual, by ordinal.
    public float[] contributions(Features features) {
        var encoded = Encoding.encode(features.structure());
        var contributions = new float[Structure.COUNT];
        var structure = weights.structure();
        for (var feature : Structure.values()) {
            int from = Encoding.offset(feature);
            float sum = -weights.usual()[feature.index()];
            for (int i = from; i < from + feature.width(); i++) {
                sum += structure[i] * encoded[i];
            }
            contributions[feature.index()] = sum;
        }
        return contributions;
    }

    private double ngramMargin(Features features) {
        var buckets = features.ngrams();
        var ngrams = weights.ngrams();
        double sum = 0;
        for (int bucket : buckets) {
            sum += ngrams[bucket];
        }
        double crosses = 0;
        for (int bucket : features.crosses()) {
            crosses += ngrams[bucket];
        }
        return sum * Features.ngramScale(buckets.length) + crosses * Features.CROSS_SCALE;
    }
}
