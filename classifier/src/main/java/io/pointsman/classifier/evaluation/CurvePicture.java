package io.pointsman.classifier.evaluation;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Draws what quality each method gives at each share of calls to the reasoner, with the interval
/// of ours.
final class CurvePicture {

    /// The lexical formula is left out: its line lies among those of random and length.
    private static final List<String> DRAWN =
            List.of(Methods.OURS, Methods.RANDOM, Methods.LENGTH, Methods.LOOKUP, Methods.ORACLE);

    private static final int POINTS = 100;

    private CurvePicture() {}

    static String svg(Methods methods, Resampling resampling) {
        var xs = IntStream.rangeClosed(0, POINTS).mapToDouble(i -> i / (double) POINTS).toArray();
        var lines = lines(methods, xs);
        var band = band(methods, resampling, xs);
        var lows = Arrays.stream(band).mapToDouble(Estimate::low).toArray();
        var highs = Arrays.stream(band).mapToDouble(Estimate::high).toArray();
        var all =
                Stream.concat(lines.values().stream(), Stream.of(lows, highs))
                        .flatMapToDouble(Arrays::stream)
                        .summaryStatistics();
        var chart =
                new Chart(
                        "Quality against cost",
                        Axis.shares("share of prompts that go to the reasoner"),
                        Axis.scores("mean score of the answers", all.getMin(), all.getMax()));
        double fast = band[0].value();
        double reasoner = band[POINTS].value();
        chart.band(0, xs, lows, highs);
        chart.reference(fast, fast).note(fast, false, "fast model alone");
        chart.reference(reasoner, reasoner).note(reasoner, true, "reasoner alone");
        lines.forEach((name, ys) -> chart.line(DRAWN.indexOf(name), name, xs, ys));
        return chart.svg();
    }

    /// The quality of ours. Its interval is that of the lead over random, on top of random: how
    /// hard the rows of a resample are moves all lines alike and says nothing of a choice.
    private static Estimate[] band(Methods methods, Resampling resampling, double[] xs) {
        var ranking = Ranking.of(methods.rows(), methods.ours());
        var whole = ranking.curve(ranking.once());
        var leads =
                resampling.estimates(counts -> {
                    var curve = ranking.curve(counts);
                    return Arrays.stream(xs)
                            .map(share -> curve.gainAt(share) - share * curve.fullGain())
                            .toArray();
                });
        return IntStream.range(0, xs.length)
                .mapToObj(i -> leads[i].plus(whole.weakMean() + xs[i] * whole.fullGain()))
                .toArray(Estimate[]::new);
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
