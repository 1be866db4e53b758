package io.pointsman.classifier.evaluation;

import io.pointsman.classifier.training.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Scores of the same rows by several methods; ours first.
///
/// @param rows that are scored
/// @param scores per method, a score per row
record Methods(List<Outcome> rows, Map<String, double[]> scores) {

    static final String OURS = "pointsman";
    static final String RANDOM = "random";
    static final String LENGTH = "length";
    static final String LEXICAL = "lexical";
    static final String LOOKUP = "lookup";
    static final String ORACLE = "oracle";

    /// Ours beside the baselines; the lookup joins where there are `known` rows.
    static Methods of(List<Outcome> rows, double[] ours, List<Outcome> known) {
        var scores = new LinkedHashMap<String, double[]>();
        scores.put(OURS, ours);
        scores.put(RANDOM, Baselines.random(rows));
        scores.put(LENGTH, Baselines.length(rows));
        scores.put(LEXICAL, Baselines.lexical(rows));
        if (!known.isEmpty()) {
            scores.put(LOOKUP, Baselines.lookup(rows, known));
        }
        scores.put(ORACLE, Baselines.oracle(rows));
        return new Methods(rows, scores);
    }

    List<String> names() {
        return List.copyOf(scores.keySet());
    }

    double[] ours() {
        return scores.getOrDefault(OURS, new double[0]);
    }

    List<Ranking> rankings() {
        return scores.values().stream().map(each -> Ranking.of(rows, each)).toList();
    }

    /// The rows of these indices alone.
    Methods pick(int[] indices) {
        var picked = new LinkedHashMap<String, double[]>();
        scores.forEach((name, values) -> picked.put(name, pick(values, indices)));
        return new Methods(IntStream.of(indices).mapToObj(rows::get).toList(), picked);
    }

    static double[] pick(double[] values, int[] indices) {
        return IntStream.of(indices).mapToDouble(i -> values[i]).toArray();
    }
}
