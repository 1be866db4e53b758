package io.pointsman.classifier.training;

import io.pointsman.classifier.Calibration;
import io.pointsman.classifier.Head;
import io.pointsman.classifier.features.Encoding;
import io.pointsman.classifier.features.FeatureSet;
import io.pointsman.classifier.features.Structure;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Function;

/// Fits a head to outcomes.
///
/// The margin is fitted to the gap of the two models' scores. The folds of a cross-validation judge
/// every row by a model that has not seen it: on these margins the calibration is fitted, and from
/// them an honest table is made.
public final class HeadTrainer {

    private final Settings settings;
    private final Consumer<String> progress;

    /// How to fit.
    ///
    /// @param ngramPenalty ridge on n-gram weights
    /// @param structurePenalty ridge on structural weights
    /// @param familyPower rows weigh as their family's size to minus this power: 0 counts rows, 1
    ///   counts families
    /// @param folds of the cross-validation
    /// @param iterations at most, per fit
    public record Settings(
            double ngramPenalty,
            double structurePenalty,
            double familyPower,
            int folds,
            int iterations) {

        /// What the head of a user's pair is fitted with.
        public static final Settings DEFAULT = new Settings(2, 1, 0, 5, 200);
    }

    /// A head and how well it may be expected to do.
    ///
    /// @param head fitted on all rows
    /// @param rows those with text, in their order
    /// @param unseenMargins per row, the margin given by a model that was not fitted on it
    public record Result(Head head, List<Outcome> rows, double[] unseenMargins) {}

    /// Rows of other pairs that help to fit but are not judged.
    ///
    /// @param rows with gaps of their own kind
    /// @param weight how much each row counts against one of the pair's own
    public record Auxiliary(List<Outcome> rows, double weight) {
        public Auxiliary {
            rows = List.copyOf(rows);
        }
    }

    public HeadTrainer(Settings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /// Fits the head `name` to `outcomes`; folds are cut by prompt.
    public Result train(
            String name, Outcomes outcomes, List<Auxiliary> auxiliaries, OptionalDouble breakEven) {
        var own = examples(outcomes.rows(), 1);
        if (own.isEmpty()) {
            throw new InvalidOutcomes("no row has a prompt with text");
        }
        var extra = new ArrayList<Example>();
        for (var auxiliary : auxiliaries) {
            extra.addAll(examples(auxiliary.rows(), auxiliary.weight()));
        }
        var margins = crossValidated(own, extra, Outcome::prompt);
        var all = new ArrayList<>(own);
        all.addAll(extra);
        progress.accept("fitting on all %d rows".formatted(all.size()));
        var parameters = fit(all);
        var rows = own.stream().map(Example::outcome).toList();
        var weights =
                new Head.Weights(
                        parameters.bias(),
                        parameters.ngrams(),
                        parameters.structure(),
                        usual(own, parameters.structure()));
        var identity =
                new Head.Identity(
                        name, outcomes.weak(), outcomes.strong(), rows.size(), fingerprint(all));
        var head = new Head(identity, weights, calibration(rows, margins, breakEven));
        return new Result(head, rows, margins);
    }

    /// Margins by models that have seen no row with the same key: a prompt, or a whole family.
    public double[] unseenMargins(
            List<Outcome> rows, List<Auxiliary> auxiliaries, Function<Outcome, String> key) {
        var extra = new ArrayList<Example>();
        for (var auxiliary : auxiliaries) {
            extra.addAll(examples(auxiliary.rows(), auxiliary.weight()));
        }
        return crossValidated(examples(rows, 1), extra, key);
    }

    private double[] crossValidated(
            List<Example> own, List<Example> extra, Function<Outcome, String> key) {
        var margins = new double[own.size()];
        for (int fold = 0; fold < settings.folds(); fold++) {
            progress.accept(
                    "cross-validation: fold %d of %d".formatted(fold + 1, settings.folds()));
            var seen = new ArrayList<>(extra);
            for (var example : own) {
                if (fold(key.apply(example.outcome())) != fold) {
                    seen.add(example);
                }
            }
            var parameters = fit(seen);
            for (int i = 0; i < margins.length; i++) {
                var example = own.get(i);
                if (fold(key.apply(example.outcome())) == fold) {
                    margins[i] = parameters.margin(example.features(), example.encoded());
                }
            }
        }
        return margins;
    }

    private LogisticRegression.Parameters fit(List<Example> examples) {
        var penalties =
                new LogisticRegression.Penalties(
                        settings.ngramPenalty(), settings.structurePenalty());
        return new LogisticRegression(examples, penalties).fit(settings.iterations());
    }

    private int fold(String key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return Math.floorMod(hash ^ (hash >>> 15), settings.folds());
    }

    private List<Example> examples(List<Outcome> rows, double weight) {
        var sizes = new HashMap<String, Integer>();
        for (var row : rows) {
            sizes.merge(row.family(), 1, Integer::sum);
        }
        var examples = new ArrayList<Example>();
        double sum = 0;
        for (var row : rows) {
            double factor = Math.pow(sizes.getOrDefault(row.family(), 1), -settings.familyPower());
            var example = Example.of(row, factor);
            example.ifPresent(examples::add);
            sum += example.isPresent() ? factor : 0;
        }
        double scale = weight * examples.size() / sum;
        examples.replaceAll(e -> e.withWeight(e.weight() * scale));
        return examples;
    }

    private static Calibration calibration(
            List<Outcome> rows, double[] margins, OptionalDouble breakEven) {
        var gains = rows.stream().mapToDouble(Outcome::gain).toArray();
        double mean = rows.stream().mapToDouble(Outcome::gain).average().orElse(0.5);
        var fitted = PlattScaling.fit(margins, gains);
        double even = breakEven.orElse(Math.clamp(mean, 0.05, 0.5));
        return new Calibration(fitted[0], fitted[1], even);
    }

    private static float[] usual(List<Example> examples, float[] structure) {
        var usual = new float[Structure.COUNT];
        for (var feature : Structure.values()) {
            int from = Encoding.offset(feature);
            double sum = 0;
            for (var example : examples) {
                for (int i = from; i < from + feature.width(); i++) {
                    sum += structure[i] * example.encoded()[i];
                }
            }
            usual[feature.index()] = (float) (sum / examples.size());
        }
        return usual;
    }

    private String fingerprint(List<Example> examples) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update((settings + FeatureSet.ID).getBytes(StandardCharsets.UTF_8));
            for (var example : examples) {
                var row = example.outcome();
                var scores = String.format(Locale.ROOT, "\n%.6f %.6f ", row.weak(), row.strong());
                digest.update((scores + row.prompt()).getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
