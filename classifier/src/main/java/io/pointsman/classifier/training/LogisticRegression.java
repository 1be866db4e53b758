package io.pointsman.classifier.training;

import io.pointsman.classifier.features.Encoding;
import io.pointsman.classifier.features.FeatureSet;
import io.pointsman.classifier.features.Features;
import java.util.ArrayDeque;
import java.util.List;

/// Logistic regression on soft targets with ridge penalties, minimised by L-BFGS (Nocedal 1980)
/// with backtracking. Deterministic. Confined to one thread.
final class LogisticRegression {

    private static final int NGRAMS = FeatureSet.BUCKETS;
    private static final int BIAS = NGRAMS + Encoding.LENGTH;
    private static final int SIZE = BIAS + 1;
    private static final int HISTORY = 8;
    private static final double TOLERANCE = 1e-5;

    private final List<Example> examples;
    private final Penalties penalties;

    /// How strongly large weights are discouraged.
    record Penalties(double ngrams, double structure) {}

    private record Step(double[] moved, double[] turned, double curvature) {}

    LogisticRegression(List<Example> examples, Penalties penalties) {
        this.examples = examples;
        this.penalties = penalties;
    }

    /// Minimises for at most `iterations` steps, starting from zero.
    Parameters fit(int iterations) {
        var at = new double[SIZE];
        var gradient = new double[SIZE];
        double loss = loss(at, gradient);
        var history = new ArrayDeque<Step>();
        for (int i = 0; i < iterations; i++) {
            var direction = direction(gradient, history);
            double slope = dot(gradient, direction);
            double step =
                    history.isEmpty() ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
            var next = new double[SIZE];
            var nextGradient = new double[SIZE];
            double nextLoss = Double.POSITIVE_INFINITY;
            for (int tries = 0; tries < 30; tries++, step /= 2) {
                for (int j = 0; j < SIZE; j++) {
                    next[j] = at[j] + step * direction[j];
                }
                nextLoss = loss(next, nextGradient);
                if (nextLoss <= loss + 1e-4 * step * slope) {
                    break;
                }
            }
            if (!(nextLoss < loss)) {
                break;
            }
            remember(history, at, next, gradient, nextGradient);
            boolean settled = loss - nextLoss < TOLERANCE * Math.max(1, Math.abs(loss));
            at = next;
            gradient = nextGradient;
            loss = nextLoss;
            if (settled) {
                break;
            }
        }
        return new Parameters(at);
    }

    private double loss(double[] at, double[] gradient) {
        double loss = penalise(at, gradient);
        for (var example : examples) {
            double margin = new Parameters(at).margin(example.features(), example.encoded());
            double target = example.target();
            double log = Math.log1p(Math.exp(-Math.abs(margin)));
            loss += example.weight() * (log + Math.max(margin, 0) - target * margin);
            double error = example.weight() * (1 / (1 + Math.exp(-margin)) - target);
            add(gradient, example, error);
        }
        return loss;
    }

    private double penalise(double[] at, double[] gradient) {
        double loss = 0;
        for (int i = 0; i < BIAS; i++) {
            double penalty = i < NGRAMS ? penalties.ngrams() : penalties.structure();
            loss += penalty / 2 * at[i] * at[i];
            gradient[i] = penalty * at[i];
        }
        gradient[BIAS] = 0;
        return loss;
    }

    private static void add(double[] gradient, Example example, double error) {
        var ngrams = example.features().ngrams();
        double scaled = error * Features.ngramScale(ngrams.length);
        for (int bucket : ngrams) {
            gradient[bucket] += scaled;
        }
        for (int bucket : example.features().crosses()) {
            gradient[bucket] += error * Features.CROSS_SCALE;
        }
        var encoded = example.encoded();
        for (int i = 0; i < encoded.length; i++) {
            gradient[NGRAMS + i] += error * encoded[i];
        }
        gradient[BIAS] += error;
    }

    private static double[] direction(double[] gradient, ArrayDeque<Step> history) {
        var direction = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            direction[i] = -gradient[i];
        }
        var factors = new double[history.size()];
        int at = history.size();
        for (var steps = history.descendingIterator(); steps.hasNext(); ) {
            var step = steps.next();
            factors[--at] = dot(step.moved, direction) / step.curvature;
            add(direction, -factors[at], step.turned);
        }
        if (!history.isEmpty()) {
            var last = history.getLast();
            double scale = last.curvature / dot(last.turned, last.turned);
            for (int i = 0; i < SIZE; i++) {
                direction[i] *= scale;
            }
        }
        for (var step : history) {
            double back = dot(step.turned, direction) / step.curvature;
            add(direction, factors[at++] - back, step.moved);
        }
        return direction;
    }

    private static void remember(
            ArrayDeque<Step> history,
            double[] at,
            double[] next,
            double[] gradient,
            double[] nextGradient) {
        var moved = new double[SIZE];
        var turned = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            moved[i] = next[i] - at[i];
            turned[i] = nextGradient[i] - gradient[i];
        }
        double curvature = dot(moved, turned);
        if (curvature > 1e-10) {
            if (history.size() == HISTORY) {
                history.removeFirst();
            }
            history.addLast(new Step(moved, turned, curvature));
        }
    }

    private static void add(double[] to, double factor, double[] what) {
        for (int i = 0; i < SIZE; i++) {
            to[i] += factor * what[i];
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < SIZE; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /// What was learned; nobody writes to the array.
    record Parameters(double[] values) {

        double margin(Features features, float[] encoded) {
            var ngrams = features.ngrams();
            double sum = 0;
            for (int bucket : ngrams) {
                sum += values[bucket];
            }
            double crosses = 0;
            for (int bucket : features.crosses()) {
                crosses += values[bucket];
            }
            double margin =
                    values[BIAS]
                            + sum * Features.ngramScale(ngrams.length)
                            + crosses * Features.CROSS_SCALE;
            for (int i = 0; i < encoded.length; i++) {
                margin += values[NGRAMS + i] * encoded[i];
            }
            return margin;
        }

        float[] ngrams() {
            return floats(0, NGRAMS);
        }

        float[] structure() {
            return floats(NGRAMS, BIAS);
        }

        float bias() {
            return (float) values[BIAS];
        }

        private float[] floats(int from, int to) {
            var floats = new float[to - from];
            for (int i = from; i < to; i++) {
                floats[i - from] = (float) values[i];
            }
            return floats;
        }
    }
}
