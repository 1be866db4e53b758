package io.pointsman.classifier.evaluation;

import io.pointsman.classifier.training.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// The tables of an evaluation: every method on the same rows, overall and by source.
public final class EvaluationReport {

    private static final String HEADER =
            String.format(
                    "%-26s %6s %7s %7s %7s %7s%n", "", "rows", "APGR", "CPT50", "CPT80", "AUC");

    private final List<Outcome> rows;
    private final Map<String, double[]> methods = new LinkedHashMap<>();
    private final Scores scores;

    private EvaluationReport(List<Outcome> rows, Scores scores) {
        this.rows = rows;
        this.scores = scores;
    }

    /// A report on `scores`, beside the baselines; the lookup by task joins where there are `train`
    /// rows.
    public static EvaluationReport of(List<Outcome> rows, Scores scores, List<Outcome> train) {
        var report = new EvaluationReport(rows, scores);
        report.methods.put("pointsman", scores.difficulties());
        report.methods.put("random", Baselines.random(rows));
        report.methods.put("length", Baselines.length(rows));
        report.methods.put("lexical (LiteLLM's)", Baselines.lexical(rows));
        if (!train.isEmpty()) {
            report.methods.put("lookup by source and task", Baselines.lookup(rows, train));
        }
        report.methods.put("oracle", Baselines.oracle(rows));
        return report;
    }

    /// The report as text of fixed width.
    public String text() {
        var text = new StringBuilder();
        text.append(overall()).append('\n').append(bySource()).append('\n').append(calibration());
        return text.append('\n').append(thresholds()).toString();
    }

    /// The measures of the scores over all rows.
    public Measures measures() {
        return Measures.of(rows, scores.difficulties());
    }

    private String overall() {
        var text = new StringBuilder(HEADER);
        methods.forEach((name, values) -> text.append(line(name, rows, values)));
        return text.toString();
    }

    /// APGR by source, a column per method.
    private String bySource() {
        var groups = groups();
        if (groups.size() < 2) {
            return "";
        }
        var text = new StringBuilder(String.format("%-20s %6s", "APGR by source", "rows"));
        for (var method : methods.keySet()) {
            text.append(String.format(" %9s", method.split(" ", 2)[0]));
        }
        text.append('\n');
        groups.forEach((source, indices) -> {
            text.append(String.format("%-20s %6d", source, indices.length));
            var some = pick(indices);
            for (var values : methods.values()) {
                var apgr = RoutingCurve.of(some, pick(values, indices)).apgr();
                text.append(String.format(Locale.ROOT, " %9s", figure(apgr)));
            }
            text.append('\n');
        });
        return text.toString();
    }

    private Map<String, int[]> groups() {
        var groups = new TreeMap<String, List<Integer>>();
        for (int i = 0; i < rows.size(); i++) {
            var source = rows.get(i).source();
            groups.computeIfAbsent(source.isEmpty() ? "(none)" : source, _ -> new ArrayList<>())
                    .add(i);
        }
        var indices = new TreeMap<String, int[]>();
        groups.forEach((source, all) ->
                indices.put(source, all.stream().mapToInt(Integer::intValue).toArray()));
        return indices;
    }

    private String calibration() {
        return String.format(
                Locale.ROOT,
                "Brier %.3f, calibration error %.3f, of the expected gain (its mean is %.3f, the rows' %.3f)%n",
                Measures.brier(rows, scores.gains()),
                Measures.calibrationError(rows, scores.gains()),
                IntStream.range(0, rows.size())
                        .mapToDouble(i -> scores.gains()[i])
                        .average()
                        .orElse(0),
                rows.stream().mapToDouble(Outcome::gain).average().orElse(0));
    }

    /// What each threshold sends to the reasoner, and what quality that gives.
    private String thresholds() {
        var text =
                new StringBuilder(
                        "difficulty at least   to the reasoner   quality   gap recovered\n");
        for (int tenth = 1; tenth <= 9; tenth++) {
            text.append(threshold(tenth / 10.0));
        }
        var weak = rows.stream().mapToDouble(Outcome::weak).average().orElse(0);
        var strong = rows.stream().mapToDouble(Outcome::strong).average().orElse(0);
        return text.append(
                        String.format(
                                Locale.ROOT,
                                "always fast %.3f, always the reasoner %.3f%n",
                                weak,
                                strong))
                .toString();
    }

    private String threshold(double threshold) {
        int sent = 0;
        double quality = 0;
        double gained = 0;
        double all = 0;
        for (int i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            boolean hard = scores.difficulties()[i] >= threshold;
            sent += hard ? 1 : 0;
            quality += hard ? row.strong() : row.weak();
            gained += hard ? row.gap() : 0;
            all += row.gap();
        }
        return String.format(
                Locale.ROOT,
                "%19.1f %15.1f %% %9.3f %13s %%%n",
                threshold,
                100.0 * sent / rows.size(),
                quality / rows.size(),
                all > 0 ? String.format(Locale.ROOT, "%.1f", 100 * gained / all) : "-");
    }

    private static String line(String name, List<Outcome> rows, double[] values) {
        var measures = Measures.of(rows, values);
        return String.format(
                "%-26s %6d %7s %7s %7s %7s%n",
                name,
                rows.size(),
                figure(measures.apgr()),
                figure(measures.cpt50()),
                figure(measures.cpt80()),
                figure(measures.auc()));
    }

    private static String figure(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3f", value);
    }

    private List<Outcome> pick(int[] indices) {
        return IntStream.of(indices).mapToObj(rows::get).toList();
    }

    private static double[] pick(double[] values, int[] indices) {
        return IntStream.of(indices).mapToDouble(i -> values[i]).toArray();
    }
}
