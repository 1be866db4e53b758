package io.pointsman.classifier.evaluation;

import io.pointsman.classifier.training.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// The tables of an evaluation: every method on the same rows, overall and by source, each figure
/// with a bootstrap interval.
public final class EvaluationReport {

    private static final int RESAMPLES = 300;
    private static final List<String> MEASURES =
            List.of("APGR", "CPT50", "CPT80", "for 95 %", "for 98 %", "for 99 %", "AUC");
    private static final int APGR = 0;
    private static final int AUC = 6;

    private final Methods methods;
    private final Scores scores;
    private final Escalation escalation;
    private final long seed;
    private final List<Slice> slices;

    /// Rows to report on: all, or those of one source.
    private record Slice(String name, int[] indices, Methods methods, Resampling resampling) {}

    private EvaluationReport(Methods methods, Scores scores, Escalation escalation, long seed) {
        this.methods = methods;
        this.scores = scores;
        this.escalation = escalation;
        this.seed = seed;
        slices = new ArrayList<>();
        slices.add(slice("all", IntStream.range(0, methods.rows().size()).toArray()));
        var sources = sources();
        if (sources.size() > 1) {
            sources.forEach((name, indices) -> slices.add(slice(name, indices)));
        }
    }

    /// A report on `scores`, beside the baselines; the lookup by task joins where there are `known`
    /// rows.
    public static EvaluationReport of(List<Outcome> rows, Scores scores, List<Outcome> known) {
        return of(rows, scores, known, new double[0], 1);
    }

    /// The same, where something is known of the scores to come.
    ///
    /// @param expected scores of prompts that are like the ones to come; empty where there are none
    /// @param seed of the resamples
    public static EvaluationReport of(
            List<Outcome> rows, Scores scores, List<Outcome> known, double[] expected, long seed) {
        var methods = Methods.of(rows, scores.difficulties(), known);
        return new EvaluationReport(methods, scores, Escalation.of(expected), seed);
    }

    /// The measures of the scores over all rows.
    public Measures measures() {
        return Measures.of(methods.rows(), scores.difficulties());
    }

    /// Quality against the share of calls to the reasoner, as an SVG.
    public String curve() {
        return CurvePicture.svg(methods, slices.getFirst().resampling);
    }

    /// The report as text of fixed width.
    public String text() {
        var overall = slices.getFirst();
        var sections = new ArrayList<String>();
        sections.add(preamble(overall));
        var figures = slices.stream().map(this::figures).toList();
        sections.add(ranking(overall, figures.getFirst()));
        sections.add(calls(overall, figures.getFirst()));
        sections.add(calibration());
        sections.add(escalation());
        sections.add(thresholds());
        if (slices.size() > 1) {
            sections.add(apgrBySource(figures));
            sections.add(measuresBySource(figures));
            sections.add(calibrationBySource());
            sections.add(escalationBySource());
        }
        return String.join("\n", sections);
    }

    private String preamble(Slice overall) {
        var unit = overall.resampling.unit();
        int unknown = scores.unknown();
        return String.format(
                        Locale.ROOT,
                        "%s of %s; in brackets 95 %% intervals of %d resamples of %s, seed %d%n",
                        counted(methods.rows().size(), "row"),
                        counted(sources().size(), "source"),
                        RESAMPLES,
                        overall.resampling.families() ? unit + " (source/task)" : unit,
                        seed)
                + (unknown == 0 ? "" : counted(unknown, "row") + " could not be judged: 0.5\n");
    }

    private static String counted(int count, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", count, what, count == 1 ? "" : "s");
    }

    /// The measures of every method one after the other, and then how much more APGR ours has than
    /// each; all on the same resamples.
    private Estimate[] figures(Slice slice) {
        var rankings = slice.methods.rankings();
        int width = MEASURES.size();
        return slice.resampling.estimates(counts -> {
            var values = new double[rankings.size() * (width + 1)];
            for (int method = 0; method < rankings.size(); method++) {
                var measures = rankings.get(method).measures(counts).values();
                System.arraycopy(measures, 0, values, method * width, width);
                values[rankings.size() * width + method] = values[APGR] - measures[APGR];
            }
            return values;
        });
    }

    private String ranking(Slice slice, Estimate[] figures) {
        return byMethod(slice, figures, List.of(0, 1, 2, AUC), true);
    }

    private String calls(Slice slice, Estimate[] figures) {
        return "calls for a share of the reasoner's mean score\n"
                + byMethod(slice, figures, List.of(3, 4, 5), false);
    }

    private static String byMethod(
            Slice slice, Estimate[] figures, List<Integer> measures, boolean leads) {
        var names = slice.methods.names();
        var header = new ArrayList<>(List.of(""));
        measures.forEach(measure -> header.add(MEASURES.get(measure)));
        if (leads) {
            header.add("pointsman's lead in APGR");
        }
        var table = new TextTable(header);
        for (int method = 0; method < names.size(); method++) {
            int from = method * MEASURES.size();
            var cells = new ArrayList<>(List.of(label(names.get(method))));
            measures.forEach(measure -> cells.add(figures[from + measure].text()));
            if (leads) {
                int lead = names.size() * MEASURES.size() + method;
                cells.add(method == 0 ? "" : figures[lead].text());
            }
            table.row(cells);
        }
        return table.text();
    }

    private static String label(String method) {
        return switch (method) {
            case Methods.LEXICAL -> "lexical (LiteLLM's)";
            case Methods.LOOKUP -> "lookup by source and task";
            default -> method;
        };
    }

    private String calibration() {
        var table =
                new TextTable(
                        List.of("expected", "Brier", "calibration error", "mean expected", "seen"));
        var resampling = slices.getFirst().resampling;
        scores.reliabilities(methods.rows())
                .forEach((name, reliability) -> {
                    var figures = calibration(reliability, resampling);
                    var means = reliability.overall();
                    table.row(
                            List.of(
                                    name,
                                    figures[0].text(),
                                    figures[1].text(),
                                    Estimate.figure(means.expected()),
                                    Estimate.figure(means.seen())));
                });
        return table.text();
    }

    private static Estimate[] calibration(Reliability reliability, Resampling resampling) {
        return resampling.estimates(
                counts -> new double[] {reliability.brier(counts), reliability.error(counts)});
    }

    /// Requested against realised escalation, and what quality that gives.
    private String escalation() {
        var realised = realised(slices.getFirst());
        var table =
                new TextTable(
                        List.of(
                                "requested",
                                "threshold",
                                "realised %",
                                "quality",
                                "gap recovered"));
        for (int i = 0; i < realised.length; i++) {
            int percent = Escalation.REQUESTED.get(i);
            double threshold = escalation.threshold(percent);
            var cells = new ArrayList<>(List.of(percent + " %", Estimate.figure(threshold)));
            cells.add(realised[i].percent());
            if (Double.isNaN(threshold)) {
                cells.addAll(List.of("-", "-"));
            } else {
                var effect = effect(threshold);
                cells.add(Estimate.figure(effect.quality()));
                cells.add(percent(effect.recovered()));
            }
            table.row(cells);
        }
        return table.text();
    }

    private Estimate[] realised(Slice slice) {
        return slice.resampling.estimates(
                counts -> escalation.realised(slice.methods.ours(), counts));
    }

    /// What each threshold sends to the reasoner, and what quality that gives.
    private String thresholds() {
        var table =
                new TextTable(
                        List.of(
                                "difficulty at least",
                                "to the reasoner",
                                "quality",
                                "gap recovered"));
        for (int tenth = 1; tenth <= 9; tenth++) {
            var effect = effect(tenth / 10.0);
            table.row(
                    List.of(
                            Estimate.figure(tenth / 10.0),
                            percent(effect.share()),
                            Estimate.figure(effect.quality()),
                            percent(effect.recovered())));
        }
        var rows = methods.rows();
        return table.text()
                + "always fast %s, always the reasoner %s\n"
                        .formatted(
                                Estimate.figure(mean(rows.stream().mapToDouble(Outcome::weak))),
                                Estimate.figure(mean(rows.stream().mapToDouble(Outcome::strong))));
    }

    private Escalation.Effect effect(double threshold) {
        return Escalation.Effect.of(threshold, scores.difficulties(), methods.rows());
    }

    private static double mean(DoubleStream values) {
        return values.average().orElse(0);
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private String apgrBySource(List<Estimate[]> figures) {
        var names = methods.names();
        return bySource(
                "APGR by source",
                names,
                slice ->
                        IntStream.range(0, names.size())
                                .mapToObj(m -> figures.get(slice)[m * MEASURES.size()].text())
                                .toList());
    }

    private String measuresBySource(List<Estimate[]> figures) {
        return bySource(
                "pointsman by source",
                MEASURES.subList(1, MEASURES.size()),
                slice ->
                        IntStream.range(1, MEASURES.size())
                                .mapToObj(measure -> figures.get(slice)[measure].text())
                                .toList());
    }

    private String calibrationBySource() {
        var reliability = scores.reliabilities(methods.rows()).values().iterator().next();
        return bySource(
                "expected gain by source",
                List.of("Brier", "calibration error"),
                slice -> {
                    var indices = slices.get(slice).indices;
                    var some =
                            new Reliability(
                                    Methods.pick(reliability.expected(), indices),
                                    Methods.pick(reliability.seen(), indices));
                    return Arrays.stream(calibration(some, slices.get(slice).resampling))
                            .map(Estimate::text)
                            .toList();
                });
    }

    private String escalationBySource() {
        return bySource(
                "realised % where requested",
                Escalation.REQUESTED.stream().map(percent -> percent + " %").toList(),
                slice ->
                        Arrays.stream(realised(slices.get(slice))).map(Estimate::percent).toList());
    }

    private String bySource(
            String title, List<String> columns, IntFunction<List<String>> cellsOfSlice) {
        var header = new ArrayList<>(List.of(title, "rows", "resampled"));
        header.addAll(columns);
        var table = new TextTable(header);
        for (int slice = 0; slice < slices.size(); slice++) {
            var of = slices.get(slice);
            var cells = new ArrayList<>(List.of(of.name));
            cells.add(Integer.toString(of.indices.length));
            cells.add(of.resampling.unit());
            cells.addAll(cellsOfSlice.apply(slice));
            table.row(cells);
        }
        return table.text();
    }

    private Slice slice(String name, int[] indices) {
        var some = methods.pick(indices);
        return new Slice(name, indices, some, Resampling.of(some.rows(), RESAMPLES, seed));
    }

    private Map<String, int[]> sources() {
        var groups = new TreeMap<String, List<Integer>>();
        for (int i = 0; i < methods.rows().size(); i++) {
            var source = methods.rows().get(i).source();
            groups.computeIfAbsent(source.isEmpty() ? "(none)" : source, _ -> new ArrayList<>())
                    .add(i);
        }
        var indices = new TreeMap<String, int[]>();
        groups.forEach((source, all) ->
                indices.put(source, all.stream().mapToInt(Integer::intValue).toArray()));
        return indices;
    }
}
