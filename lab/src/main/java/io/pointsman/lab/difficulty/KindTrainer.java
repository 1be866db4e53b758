package io.pointsman.lab.difficulty;

import io.pointsman.classifier.kinds.KindFeatures;
import io.pointsman.classifier.kinds.KindModel;
import java.util.List;

/// Fits the model of kinds: multinomial logistic regression with ridge penalties. Deterministic.
///
/// Every row is seen again without its n-grams, and without the order of its words. So the concepts
/// and counts, which know no language, learn to decide alone, and do so where the words are of a
/// language that no row was in. And it is seen with typing errors, which hide words from the
/// lexicon.
final class KindTrainer {

    private static final int CLASSES = KindModel.CLASSES;
    private static final int NGRAMS = KindFeatures.BUCKETS * CLASSES;
    private static final int SIZE = NGRAMS + (KindFeatures.TRAITS + 1) * CLASSES;

    // Chosen by cross-validation, and by leaving languages out.
    private static final int ITERATIONS = 150;
    private static final double NGRAM_PENALTY = 30;
    private static final double TRAIT_PENALTY = 0.3;
    private static final double WITHOUT_NGRAMS = 4;
    private static final double WITHOUT_ORDER = 4;

    private final List<KindRow> rows;

    KindTrainer(List<KindRow> rows) {
        this.rows = rows;
    }

    KindModel train() {
        var weights = Lbfgs.minimise(this::loss, new double[SIZE], ITERATIONS);
        var ngrams = new float[NGRAMS];
        var traits = new float[SIZE - NGRAMS];
        for (int i = 0; i < SIZE; i++) {
            if (i < NGRAMS) {
                ngrams[i] = (float) weights[i];
            } else {
                traits[i - NGRAMS] = (float) weights[i];
            }
        }
        return KindModel.of(ngrams, traits);
    }

    private double loss(double[] weights, double[] gradient) {
        double loss = 0;
        for (int i = 0; i < SIZE; i++) {
            double penalty = i < NGRAMS ? NGRAM_PENALTY : TRAIT_PENALTY;
            loss += penalty * weights[i] * weights[i] / 2;
            gradient[i] = penalty * weights[i];
        }
        for (var row : rows) {
            int category = row.category().index();
            loss += loss(row.features(), category, 1, weights, gradient);
            var bare = row.features().withoutNgrams();
            loss += loss(bare, category, WITHOUT_NGRAMS, weights, gradient);
            var loose = row.features().withoutOrder();
            loss += loss(loose, category, WITHOUT_ORDER, weights, gradient);
        }
        return loss;
    }

    private static double loss(
            KindFeatures features,
            int category,
            double weight,
            double[] weights,
            double[] gradient) {
        var errors = chances(features, weights);
        double loss = -weight * Math.log(Math.max(errors[category], 1e-300));
        errors[category] -= 1;
        double scale = weight * features.ngramScale();
        for (int ngram : features.ngrams()) {
            add(gradient, ngram * CLASSES, errors, scale);
        }
        for (int trait : features.traits()) {
            add(gradient, NGRAMS + trait * CLASSES, errors, weight);
        }
        add(gradient, NGRAMS + KindFeatures.TRAITS * CLASSES, errors, weight);
        return loss;
    }

    private static double[] chances(KindFeatures features, double[] weights) {
        var margins = new double[CLASSES];
        for (int k = 0; k < CLASSES; k++) {
            double ngrams = 0;
            for (int ngram : features.ngrams()) {
                ngrams += weights[ngram * CLASSES + k];
            }
            double traits = weights[NGRAMS + KindFeatures.TRAITS * CLASSES + k];
            for (int trait : features.traits()) {
                traits += weights[NGRAMS + trait * CLASSES + k];
            }
            margins[k] = ngrams * features.ngramScale() + traits;
        }
        KindModel.softmax(margins);
        return margins;
    }

    private static void add(double[] gradient, int at, double[] errors, double scale) {
        for (int k = 0; k < CLASSES; k++) {
            gradient[at + k] += scale * errors[k];
        }
    }
}
