package io.pointsman.classifier.training;

import io.pointsman.classifier.LinearModel;
import io.pointsman.classifier.features.FeatureSet;
import io.pointsman.classifier.features.Features;
import java.util.List;

/// Fits a [LinearModel] by weighted least squares with a ridge penalty (Hoerl and Kennard 1970), by
/// conjugate gradients on the normal equations. Deterministic. Confined to one thread.
final class RidgeRegression {

    private static final int SIZE = LinearModel.LENGTH;
    private static final double TOLERANCE = 1e-4;
    private static final int STEPS = 150;

    private final List<Row> rows;
    private final double penalty;

    /// A row of the matrix whose columns are a model's weights.
    private record Row(Example example) {

        double product(double[] weights) {
            var domain = example.features().domain();
            double product = domain.shared() ? product(weights, 0, 1, 1) : 0;
            return domain.own()
                    ? product
                            + product(
                                    weights,
                                    LinearModel.block(domain),
                                    domain.ngrams(),
                                    domain.structure())
                    : product;
        }

        private double product(
                double[] weights, int block, double ngramScale, double structureScale) {
            var features = example.features();
            double ngrams = 0;
            for (int bucket : features.ngrams()) {
                ngrams += weights[block + bucket];
            }
            double crosses = 0;
            for (int bucket : features.crosses()) {
                crosses += weights[block + bucket];
            }
            double structure = weights[block + LinearModel.BLOCK - 1];
            var encoded = features.encoded();
            int first = block + FeatureSet.BUCKETS;
            for (int i = 0; i < encoded.count(); i++) {
                structure += weights[first + encoded.stretches()[i]] * encoded.covered()[i];
            }
            return ngramScale * (ngrams * features.ngramScale() + crosses * Features.CROSS_SCALE)
                    + structureScale * structure;
        }

        void add(double scale, double[] sums) {
            var domain = example.features().domain();
            if (domain.shared()) {
                add(scale, scale, sums, 0);
            }
            if (domain.own()) {
                add(
                        scale * domain.ngrams(),
                        scale * domain.structure(),
                        sums,
                        LinearModel.block(domain));
            }
        }

        private void add(double ngramScale, double structureScale, double[] sums, int block) {
            var features = example.features();
            double ngram = ngramScale * features.ngramScale();
            for (int bucket : features.ngrams()) {
                sums[block + bucket] += ngram;
            }
            double cross = ngramScale * Features.CROSS_SCALE;
            for (int bucket : features.crosses()) {
                sums[block + bucket] += cross;
            }
            var encoded = features.encoded();
            int first = block + FeatureSet.BUCKETS;
            for (int i = 0; i < encoded.count(); i++) {
                sums[first + encoded.stretches()[i]] += structureScale * encoded.covered()[i];
            }
            sums[block + LinearModel.BLOCK - 1] += structureScale;
        }
    }

    RidgeRegression(List<Example> examples, double penalty) {
        this.rows = examples.stream().map(Row::new).toList();
        this.penalty = penalty;
    }

    /// The model whose squared errors and weights are smallest; the mean target is its bias.
    LinearModel fit() {
        double mean = mean();
        var weights = new double[SIZE];
        var residual = new double[SIZE];
        for (var row : rows) {
            row.add(row.example.weight() * (row.example.target() - mean), residual);
        }
        var direction = residual.clone();
        double norm = dot(residual, residual);
        double least = TOLERANCE * TOLERANCE * norm;
        for (int step = 0; step < STEPS && norm > least; step++) {
            var image = normal(direction);
            double length = norm / dot(direction, image);
            for (int i = 0; i < SIZE; i++) {
                weights[i] += length * direction[i];
                residual[i] -= length * image[i];
            }
            double next = dot(residual, residual);
            double turn = next / norm;
            for (int i = 0; i < SIZE; i++) {
                direction[i] = residual[i] + turn * direction[i];
            }
            norm = next;
        }
        return new LinearModel((float) mean, floats(weights));
    }

    private double mean() {
        double sum = 0;
        double weight = 0;
        for (var row : rows) {
            sum += row.example.weight() * row.example.target();
            weight += row.example.weight();
        }
        return sum / weight;
    }

    /// The normal equations' left side at `weights`.
    private double[] normal(double[] weights) {
        var image = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            image[i] = penalty * weights[i];
        }
        for (var row : rows) {
            row.add(row.example.weight() * row.product(weights), image);
        }
        return image;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static float[] floats(double[] values) {
        var floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
