package io.pointsman.classifier.training;

import io.pointsman.classifier.Calibration;
import io.pointsman.classifier.GapModel;
import io.pointsman.classifier.Head;
import io.pointsman.classifier.LinearModel;
import io.pointsman.classifier.Spread;
import io.pointsman.classifier.TreeModel;
import io.pointsman.classifier.features.FeatureSet;
import io.pointsman.classifier.features.Features;
import io.pointsman.classifier.features.Structure;
import io.pointsman.classifier.memory.Sketch;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/// Fits a head to outcomes.
///
/// The gap of the two models' scores is predicted directly rather than as the difference of two
/// predictions, whose errors would add up. The folds of a cross-validation judge every row by a
/// model that has not seen it: on these gaps the calibration is fitted, and from them an honest
/// table is made. A second one leaves whole tasks out, whatever their source: it tells how far off
/// it is on kinds of prompts that it does not know.
public final class HeadTrainer {

    private static final int MOST_KNOWN = 4096;

    /// No kind is so strange that a few outcomes of it could not make a score sure.
    private static final double LARGEST_SPREAD = 0.25;

    /// Standard deviations on each side that hold 80 % of a normal distribution.
    private static final double EIGHTY_PERCENT = 1.2816;

    private final Settings settings;
    private final Consumer<String> progress;

    /// How to fit.
    ///
    /// @param penalty ridge on the weights of the linear models
    /// @param familyPower in the linear models rows weigh as their family's size to minus this
    ///   power: 0 counts rows, 1 counts families
    /// @param treeFamilyPower the same for the trees
    /// @param folds of the cross-validations
    public record Settings(double penalty, double familyPower, double treeFamilyPower, int folds) {

        /// What the head of a user's pair is fitted with.
        public static final Settings DEFAULT = new Settings(5, 0, 0, 5);
    }

    /// A head and how well it may be expected to do.
    ///
    /// @param head fitted on all rows
    /// @param rows those with text, in their order
    /// @param unseenGaps per row, the gap expected by a model that was not fitted on it
    /// @param unseenTaskGaps per row, the gap expected by a model that was not fitted on its task;
    ///   the same where all rows are of one
    public record Result(
            Head head, List<Outcome> rows, double[] unseenGaps, double[] unseenTaskGaps) {}

    /// Rows of other pairs, or with scores by rule, that help to fit but are not judged.
    ///
    /// @param rows with scores of their own kind
    /// @param weight how much each row counts against one of the pair's own
    /// @param centred whether their scores tell only which rows are harder than others of these
    public record Auxiliary(List<Outcome> rows, double weight, boolean centred) {
        public Auxiliary {
            rows = List.copyOf(rows);
        }
    }

    /// An outcome with its features.
    private record Row(Outcome outcome, Features features) {}

    /// What gaps mean.
    ///
    /// @param calibration from a gap to a difficulty
    /// @param spread how far the true gap may lie from an expected one
    /// @param gaps expected of rows that were not seen
    private record Scale(Calibration calibration, Spread spread, double[] gaps) {

        float[] percentiles() {
            var sorted = gaps.clone();
            Arrays.sort(sorted);
            var percentiles = new float[Head.PERCENTILES];
            for (int i = 0; i < percentiles.length; i++) {
                double gap = sorted[(int) ((long) (sorted.length - 1) * i / 100)];
                percentiles[i] = (float) calibration.difficulty(calibration.gain(gap));
            }
            return percentiles;
        }
    }

    /// Rows to fit on.
    private record Rows(List<Row> own, List<Example> gaps, List<Example> scores) {}

    public HeadTrainer(Settings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /// Fits the head `name` to `outcomes`; folds are cut by prompt.
    public Result train(
            String name, Outcomes outcomes, List<Auxiliary> auxiliaries, OptionalDouble breakEven) {
        var rows = rows(outcomes.rows(), auxiliaries);
        var own = rows.own();
        var gaps = unseen(rows, Outcome::prompt, "by prompt");
        var byTask = tasks(own) > 1 ? unseen(rows, Outcome::task, "by task") : gaps;
        progress.accept("fitting on all %d rows".formatted(own.size()));
        var identity =
                new Head.Identity(
                        name, outcomes.weak(), outcomes.strong(), own.size(), fingerprint(rows));
        var neighbourhood = Neighbourhood.of(own.stream().map(Row::features).toList());
        var spread = neighbourhood.spread(deviation(own, gaps, 0.1), deviation(own, byTask, 0.25));
        var all = own.stream().map(Row::outcome).toList();
        var scale = new Scale(calibration(all, gaps, breakEven), spread, gaps);
        return new Result(head(identity, rows, scale), all, gaps, byTask);
    }

    /// A head without a cross-validation, whose order of prompts counts but whose scale does not.
    public Head order(Outcomes outcomes, List<Auxiliary> auxiliaries) {
        var rows = rows(outcomes.rows(), auxiliaries);
        var identity =
                new Head.Identity(
                        "order", outcomes.weak(), outcomes.strong(), rows.own().size(), "none");
        var scale =
                new Scale(
                        new Calibration(4, -2, 0.2), new Spread(0.1, 0.25, 0.1, 0), new double[1]);
        return head(identity, rows, scale);
    }

    private Rows rows(List<Outcome> outcomes, List<Auxiliary> auxiliaries) {
        var own = judged(outcomes);
        if (own.isEmpty()) {
            throw new InvalidOutcomes("no row has a prompt with text");
        }
        double gap = mean(own, Outcome::gap);
        double score = mean(own, Outcome::strong);
        var gaps = new ArrayList<Example>();
        var scores = new ArrayList<Example>();
        for (var auxiliary : auxiliaries) {
            var some = judged(auxiliary.rows());
            double gapShift = auxiliary.centred() ? gap - mean(some, Outcome::gap) : 0;
            double scoreShift = auxiliary.centred() ? score - mean(some, Outcome::strong) : 0;
            for (var row : some) {
                var outcome = row.outcome();
                gaps.add(new Example(row.features(), outcome.gap() + gapShift, auxiliary.weight()));
                scores.add(
                        new Example(
                                row.features(), outcome.strong() + scoreShift, auxiliary.weight()));
            }
        }
        return new Rows(own, gaps, scores);
    }

    private static List<Row> judged(List<Outcome> outcomes) {
        var rows = new ArrayList<Row>();
        for (var outcome : outcomes) {
            Example.features(outcome.prompt())
                    .ifPresent(features -> rows.add(new Row(outcome, features)));
        }
        return rows;
    }

    private static double mean(List<Row> rows, Function<Outcome, Double> value) {
        return rows.stream().mapToDouble(row -> value.apply(row.outcome())).average().orElse(0);
    }

    private static long tasks(List<Row> own) {
        return own.stream().map(row -> row.outcome().task()).distinct().count();
    }

    private Head head(Head.Identity identity, Rows rows, Scale scale) {
        var own = rows.own();
        return new Head(
                identity,
                gapModel(own, rows.gaps()),
                ridge(examples(own, Outcome::strong, settings.familyPower()), rows.scores()),
                thinking(own),
                scale.calibration(),
                scale.spread(),
                scale.percentiles(),
                known(rows));
    }

    private GapModel gapModel(List<Row> own, List<Example> auxiliary) {
        var linear = ridge(examples(own, Outcome::gap, settings.familyPower()), auxiliary);
        var trees = examples(own, Outcome::gap, settings.treeFamilyPower());
        trees.addAll(auxiliary);
        var boosted = new Boosting(trees).fit();
        return new GapModel(linear, boosted, usual(own, linear, boosted));
    }

    private LinearModel ridge(List<Example> own, List<Example> auxiliary) {
        var all = Stream.concat(own.stream(), auxiliary.stream()).toList();
        return new RidgeRegression(all, settings.penalty()).fit();
    }

    private Optional<LinearModel> thinking(List<Row> own) {
        var told = own.stream().filter(row -> row.outcome().reasoningTokens().isPresent()).toList();
        return told.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        ridge(
                                examples(
                                        told,
                                        row -> Math.log1p(row.reasoningTokens().getAsInt()),
                                        settings.familyPower()),
                                List.of()));
    }

    private static float[] usual(List<Row> own, LinearModel linear, TreeModel trees) {
        var model = new GapModel(linear, trees, new float[Structure.COUNT]);
        var sums = new double[Structure.COUNT];
        for (var row : own) {
            var contributions = model.contributions(row.features());
            for (int i = 0; i < sums.length; i++) {
                sums[i] += contributions[i];
            }
        }
        var usual = new float[Structure.COUNT];
        for (int i = 0; i < usual.length; i++) {
            usual[i] = (float) (sums[i] / own.size());
        }
        return usual;
    }

    /// Examples whose weights are 1 on average.
    private static List<Example> examples(
            List<Row> rows, Function<Outcome, Double> target, double familyPower) {
        var sizes = new HashMap<String, Integer>();
        for (var row : rows) {
            sizes.merge(row.outcome().family(), 1, Integer::sum);
        }
        var weights = new double[rows.size()];
        for (int i = 0; i < weights.length; i++) {
            int size = sizes.getOrDefault(rows.get(i).outcome().family(), 1);
            weights[i] = Math.pow(size, -familyPower);
        }
        double mean = Arrays.stream(weights).average().orElse(1);
        var examples = new ArrayList<Example>();
        for (int i = 0; i < weights.length; i++) {
            var row = rows.get(i);
            examples.add(
                    new Example(row.features(), target.apply(row.outcome()), weights[i] / mean));
        }
        return examples;
    }

    private double[] unseen(Rows rows, Function<Outcome, String> key, String how) {
        var own = rows.own();
        var gaps = new double[own.size()];
        for (int fold = 0; fold < settings.folds(); fold++) {
            progress.accept(
                    "cross-validation %s: fold %d of %d"
                            .formatted(how, fold + 1, settings.folds()));
            var seen = new ArrayList<Row>();
            for (var row : own) {
                if (fold(key.apply(row.outcome())) != fold) {
                    seen.add(row);
                }
            }
            if (seen.isEmpty()) {
                continue;
            }
            var model = gapModel(seen, rows.gaps());
            for (int i = 0; i < gaps.length; i++) {
                if (fold(key.apply(own.get(i).outcome())) == fold) {
                    gaps[i] = model.of(own.get(i).features());
                }
            }
        }
        return gaps;
    }

    private int fold(String key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return Math.floorMod(hash ^ (hash >>> 15), settings.folds());
    }

    /// How far the mean gaps of families lie from those expected: the standard deviation of the
    /// normal distribution that has 80 % of them as near. `otherwise` where there are too few
    /// families to tell.
    private static double deviation(List<Row> own, double[] gaps, double otherwise) {
        int leastRows = 8;
        int leastFamilies = 5;
        var errors = new HashMap<String, List<Double>>();
        for (int i = 0; i < gaps.length; i++) {
            var outcome = own.get(i).outcome();
            errors.computeIfAbsent(outcome.family(), _ -> new ArrayList<>())
                    .add(outcome.gap() - gaps[i]);
        }
        var means =
                errors.values().stream()
                        .filter(family -> family.size() >= leastRows)
                        .mapToDouble(
                                family -> family.stream().mapToDouble(e -> e).average().orElse(0))
                        .map(Math::abs)
                        .sorted()
                        .toArray();
        return means.length < leastFamilies
                ? otherwise
                : Math.clamp(means[means.length * 4 / 5] / EIGHTY_PERCENT, 0.02, LARGEST_SPREAD);
    }

    private static Calibration calibration(
            List<Outcome> rows, double[] gaps, OptionalDouble breakEven) {
        var gains = rows.stream().mapToDouble(Outcome::gain).toArray();
        double mean = Arrays.stream(gains).average().orElse(0.5);
        var fitted = PlattScaling.fit(gaps, gains);
        double even = breakEven.orElse(Math.clamp(mean, 0.05, 0.5));
        return new Calibration(fitted[0], fitted[1], even);
    }

    /// Sketches of at most [#MOST_KNOWN] rows, of every family as many as can be, and of at most as
    /// many that help.
    private static List<Sketch> known(Rows rows) {
        var families = new HashMap<String, Integer>();
        var ranked = new ArrayList<List<Sketch>>();
        for (var row : rows.own()) {
            int rank = families.merge(row.outcome().family(), 1, Integer::sum) - 1;
            while (ranked.size() <= rank) {
                ranked.add(new ArrayList<>());
            }
            ranked.get(rank).add(Sketch.of(row.features()));
        }
        var helping = rows.gaps().stream().map(Example::features).map(Sketch::of);
        return Stream.concat(
                        ranked.stream().flatMap(List::stream).limit(MOST_KNOWN),
                        helping.limit(MOST_KNOWN))
                .toList();
    }

    private String fingerprint(Rows rows) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update((settings + FeatureSet.ID).getBytes(StandardCharsets.UTF_8));
            for (var row : rows.own()) {
                var outcome = row.outcome();
                var scores =
                        String.format(
                                Locale.ROOT, "\n%.6f %.6f ", outcome.weak(), outcome.strong());
                digest.update((scores + outcome.prompt()).getBytes(StandardCharsets.UTF_8));
            }
            for (var example : rows.gaps()) {
                var target = String.format(Locale.ROOT, "\n%.6f", example.target());
                digest.update(target.getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
