package io.pointsman.classifier.evaluation;

import io.pointsman.api.Classification;
import io.pointsman.classifier.Head;
import io.pointsman.classifier.features.Conversation;
import io.pointsman.classifier.features.FeatureExtractor;
import io.pointsman.classifier.training.Outcome;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// What a classifier says of rows of outcomes. Immutable by contract: nobody writes to the arrays.
///
/// @param difficulties per row; the break-even score 0.5 where a prompt has no text to judge
/// @param gains per row, the expected gain: of `max(0, s - w)` where a head says so itself, of `s -
///   w` where there are chances; not a number where a prompt has no text to judge
/// @param chances what the gains are the difference of, where the classifier tells
public record Scores(double[] difficulties, double[] gains, Optional<Chances> chances) {

    private static final double BREAK_EVEN = 0.5;

    /// How good the answers are expected to be.
    ///
    /// @param fast per row, the expected score of the fast model
    /// @param reasoner per row, that of the reasoner
    public record Chances(double[] fast, double[] reasoner) {}

    /// What `judge` says of the rows' prompts.
    public static Scores of(Function<String, Classification> judge, List<Outcome> rows) {
        var difficulties = new double[rows.size()];
        var gains = new double[rows.size()];
        var fast = new double[rows.size()];
        var reasoner = new double[rows.size()];
        for (int i = 0; i < difficulties.length; i++) {
            switch (judge.apply(rows.get(i).prompt())) {
                case Classification.Scored scored -> {
                    difficulties[i] = scored.difficulty();
                    fast[i] = scored.chances().fast();
                    reasoner[i] = scored.chances().reasoner();
                }
                case Classification.Unknown _ -> {
                    difficulties[i] = BREAK_EVEN;
                    fast[i] = Double.NaN;
                    reasoner[i] = Double.NaN;
                }
            }
            gains[i] = reasoner[i] - fast[i];
        }
        return new Scores(difficulties, gains, Optional.of(new Chances(fast, reasoner)));
    }

    /// The scores of `head` alone for `rows`.
    public static Scores of(Head head, List<Outcome> rows) {
        var gains = new double[rows.size()];
        for (int i = 0; i < gains.length; i++) {
            gains[i] =
                    FeatureExtractor.extract(Conversation.ofPrompt(rows.get(i).prompt()))
                            .map(features -> head.calibration().gain(head.gap(features)))
                            .orElse(Double.NaN);
        }
        return ofGains(head, gains);
    }

    /// The scores at gaps that were expected before, for instance by cross-validation.
    public static Scores ofGaps(Head head, double[] gaps) {
        var gains = new double[gaps.length];
        for (int i = 0; i < gains.length; i++) {
            gains[i] = head.calibration().gain(gaps[i]);
        }
        return ofGains(head, gains);
    }

    private static Scores ofGains(Head head, double[] gains) {
        var difficulties = new double[gains.length];
        for (int i = 0; i < gains.length; i++) {
            difficulties[i] =
                    Double.isNaN(gains[i]) ? BREAK_EVEN : head.calibration().difficulty(gains[i]);
        }
        return new Scores(difficulties, gains, Optional.empty());
    }

    /// How many rows could not be judged.
    int unknown() {
        int unknown = 0;
        for (double gain : gains) {
            unknown += Double.isNaN(gain) ? 1 : 0;
        }
        return unknown;
    }

    /// What was expected beside what `rows` tell, by name; the gain first.
    Map<String, Reliability> reliabilities(List<Outcome> rows) {
        var named = new LinkedHashMap<String, Reliability>();
        if (chances.isEmpty()) {
            named.put("gain max(0, s - w)", new Reliability(gains, seen(rows, Outcome::gain)));
            return named;
        }
        named.put("gain s - w", new Reliability(gains, seen(rows, Outcome::gap)));
        named.put(
                "fast model's score w",
                new Reliability(chances.get().fast(), seen(rows, Outcome::weak)));
        named.put(
                "reasoner's score s",
                new Reliability(chances.get().reasoner(), seen(rows, Outcome::strong)));
        return named;
    }

    private static double[] seen(List<Outcome> rows, ToDoubleFunction<Outcome> value) {
        return rows.stream().mapToDouble(value).toArray();
    }

    /// Writes `id,score` lines under a header, in the rows' order and with all digits that tell
    /// scores apart; a higher score means to send to the reasoner.
    public void write(List<Outcome> rows, Path file) {
        var csv = new StringBuilder("id,score\n");
        for (int i = 0; i < difficulties.length; i++) {
            csv.append(OutputFile.quoted(rows.get(i).id()))
                    .append(',')
                    .append(BigDecimal.valueOf(difficulties[i]).toPlainString())
                    .append('\n');
        }
        OutputFile.write("scores", csv.toString(), file);
    }
}
