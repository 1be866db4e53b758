package io.pointsman.lab.difficulty;

import java.util.ArrayDeque;

/// Minimises a smooth convex function by L-BFGS (Nocedal 1980) with backtracking. Deterministic.
final class Lbfgs {

    private static final int HISTORY = 6;
    private static final int HALVINGS = 30;
    private static final double SUFFICIENT = 1e-4;
    private static final double SETTLED = 1e-5;

    /// What is minimised.
    @FunctionalInterface
    interface Objective {
        /// The value at a point; writes the gradient there into `gradient`.
        double at(double[] point, double[] gradient);
    }

    private record Step(double[] moved, double[] turned, double curvature) {}

    private Lbfgs() {}

    /// The minimum that at most `iterations` steps from `start` lead to.
    static double[] minimise(Objective objective, double[] start, int iterations) {
        var history = new ArrayDeque<Step>();
        var at = start;
        var gradient = new double[at.length];
        double value = objective.at(at, gradient);
        for (int i = 0; i < iterations; i++) {
            var direction = direction(gradient, history);
            double slope = dot(gradient, direction);
            double step = history.isEmpty() ? 1 / Math.sqrt(dot(gradient, gradient)) : 1;
            var next = new double[at.length];
            var nextGradient = new double[at.length];
            double nextValue = Double.POSITIVE_INFINITY;
            for (int tries = 0; tries < HALVINGS; tries++, step /= 2) {
                for (int j = 0; j < next.length; j++) {
                    next[j] = at[j] + step * direction[j];
                }
                nextValue = objective.at(next, nextGradient);
                if (nextValue <= value + SUFFICIENT * step * slope) {
                    break;
                }
            }
            if (!(nextValue < value)) {
                break;
            }
            remember(history, difference(next, at), difference(nextGradient, gradient));
            boolean settled = value - nextValue < SETTLED * value;
            at = next;
            gradient = nextGradient;
            value = nextValue;
            if (settled) {
                break;
            }
        }
        return at;
    }

    private static void remember(ArrayDeque<Step> history, double[] moved, double[] turned) {
        double curvature = dot(moved, turned);
        if (curvature > 1e-12) {
            history.addLast(new Step(moved, turned, curvature));
            if (history.size() > HISTORY) {
                history.removeFirst();
            }
        }
    }

    private static double[] direction(double[] gradient, ArrayDeque<Step> history) {
        var direction = new double[gradient.length];
        add(direction, -1, gradient);
        if (history.isEmpty()) {
            return direction;
        }
        var shares = new ArrayDeque<Double>();
        for (var steps = history.descendingIterator(); steps.hasNext(); ) {
            var step = steps.next();
            double share = dot(step.moved(), direction) / step.curvature();
            shares.addFirst(share);
            add(direction, -share, step.turned());
        }
        var newest = history.getLast();
        double scale = newest.curvature() / dot(newest.turned(), newest.turned());
        for (int j = 0; j < direction.length; j++) {
            direction[j] *= scale;
        }
        for (var step : history) {
            double share = shares.removeFirst();
            double back = dot(step.turned(), direction) / step.curvature();
            add(direction, share - back, step.moved());
        }
        return direction;
    }

    private static double[] difference(double[] a, double[] b) {
        var difference = new double[a.length];
        for (int j = 0; j < a.length; j++) {
            difference[j] = a[j] - b[j];
        }
        return difference;
    }

    private static void add(double[] target, double factor, double[] values) {
        for (int j = 0; j < target.length; j++) {
            target[j] += factor * values[j];
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }
}
