package io.pointsman.classifier.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Draws how the quality of choices rises with the number of labelled outcomes per kind of prompt.
public final class AdaptationPicture {

    private static final double RANDOM = 0.5;

    private AdaptationPicture() {}

    /// The picture, as SVG.
    ///
    /// @param labels per point, the labels per kind, rising
    /// @param apgrs per method, the average performance gap recovered at each point; ours first
    public static String svg(int[] labels, Map<String, double[]> apgrs) {
        var all =
                apgrs.values().stream()
                        .flatMapToDouble(Arrays::stream)
                        .filter(Double::isFinite)
                        .summaryStatistics();
        var ticks = new ArrayList<Axis.Tick>();
        for (int count : labels) {
            ticks.add(new Axis.Tick(count, Integer.toString(count)));
        }
        double last = labels[labels.length - 1];
        var chart =
                new Chart(
                        "Learning new kinds of prompts",
                        new Axis("labelled outcomes per unseen kind", 0, last, List.copyOf(ticks)),
                        Axis.scores("APGR", Math.min(RANDOM, all.getMin()), all.getMax()));
        chart.reference(RANDOM, RANDOM).note(RANDOM, false, "random");
        var xs = Arrays.stream(labels).asDoubleStream().toArray();
        int series = 0;
        for (var method : apgrs.entrySet()) {
            chart.line(series++, method.getKey(), xs, method.getValue());
        }
        return chart.svg();
    }
}
