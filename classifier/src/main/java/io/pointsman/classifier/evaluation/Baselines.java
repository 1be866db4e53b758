package io.pointsman.classifier.evaluation;

import io.pointsman.classifier.training.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What any classifier must be compared with.
public final class Baselines {

    private static final double PRIOR_ROWS = 3;

    private Baselines() {}

    /// The same score for all: rows of equal score are taken in proportion, which is what random
    /// routing does on average.
    public static double[] random(List<Outcome> rows) {
        return new double[rows.size()];
    }

    /// The prompt's length.
    public static double[] length(List<Outcome> rows) {
        return each(rows, row -> row.prompt().length());
    }

    /// The true gap.
    public static double[] oracle(List<Outcome> rows) {
        return each(rows, Outcome::gap);
    }

    /// LiteLLM's published lexical formula.
    public static double[] lexical(List<Outcome> rows) {
        return each(rows, row -> LexicalFormula.score(row.prompt()));
    }

    /// The mean gap of the training rows of the same source and task, drawn towards the mean of the
    /// source; sees no text.
    public static double[] lookup(List<Outcome> rows, List<Outcome> train) {
        double mean = train.stream().mapToDouble(Outcome::gap).average().orElse(0);
        var sources = new Means(PRIOR_ROWS);
        var families = new Means(PRIOR_ROWS);
        for (var row : train) {
            sources.add(row.source(), row.gap());
            families.add(row.family(), row.gap());
        }
        return each(rows, row -> families.of(row.family(), sources.of(row.source(), mean)));
    }

    private static double[] each(List<Outcome> rows, ToDoubleFunction<Outcome> score) {
        return rows.stream().mapToDouble(score).toArray();
    }

    /// Means by key, drawn towards a prior.
    private static final class Means {

        private final double priorRows;
        private final HashMap<String, double[]> sums = new HashMap<>();

        Means(double priorRows) {
            this.priorRows = priorRows;
        }

        void add(String key, double value) {
            var sum = sums.computeIfAbsent(key, _ -> new double[2]);
            sum[0] += value;
            sum[1]++;
        }

        double of(String key, double prior) {
            var sum = sums.getOrDefault(key, new double[2]);
            return (sum[0] + priorRows * prior) / (sum[1] + priorRows);
        }
    }
}
