package io.pointsman.classifier.evaluation;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Draws what quality each method gives at each share of calls to the reasoner.
final class CurvePicture {

    /// The lexical formula is left out: its line lies among those of random and length.
    private static final List<String> DRAWN =
            List.of(Methods.OURS, Methods.RANDOM, Methods.LENGTH, Methods.LOOKUP, Methods.ORACLE);

    private static final int POINTS = 100;

    private CurvePicture() {}

    static String svg(Methods methods) {
        var shares = IntStream.rangeClosed(0, POINTS).mapToDouble(i -> i / (double) POINTS);
        var xs = shares.toArray();
        var lines = lines(methods, xs);
        double low = lines.values().stream().flatMapToDouble(Arrays::stream).min().orElse(0);
        double high = lines.values().stream().flatMapToDouble(Arrays::stream).max().orElse(1);
        var chart =
                new Chart(
                        "Quality against cost",
                        Axis.shares("share of prompts that go to the reasoner"),
                        Axis.scores("mean score of the answers", low, high));
        double fast = lines.values().iterator().next()[0];
        double reasoner = lines.values().iterator().next()[POINTS];
        chart.reference(fast, fast).note(fast, false, "fast model alone");
        chart.reference(reasoner, reasoner).note(reasoner, true, "reasoner alone");
        lines.forEach((name, ys) -> chart.line(DRAWN.indexOf(name), name, xs, ys));
        return chart.svg();
    }

    private static Map<String, double[]> lines(Methods methods, double[] xs) {
        var lines = new LinkedHashMap<String, double[]>();
        methods.scores()
                .forEach((name, scores) -> {
                    if (DRAWN.contains(name)) {
                        var curve = RoutingCurve.of(methods.rows(), scores);
                        lines.put(name, Arrays.stream(xs).map(curve::qualityAt).toArray());
                    }
                });
        return lines;
    }
}
