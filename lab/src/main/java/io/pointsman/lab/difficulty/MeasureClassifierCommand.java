package io.pointsman.lab.difficulty;

import io.pointsman.classifier.DifficultyClassifier;
import io.pointsman.classifier.Head;
import io.pointsman.classifier.evaluation.AdaptationPicture;
import io.pointsman.classifier.evaluation.Baselines;
import io.pointsman.classifier.evaluation.LearnedOutcomes;
import io.pointsman.classifier.evaluation.OutputFile;
import io.pointsman.classifier.evaluation.PromptRequest;
import io.pointsman.classifier.evaluation.RoutingCurve;
import io.pointsman.classifier.evaluation.Scores;
import io.pointsman.classifier.features.NgramRarity;
import io.pointsman.classifier.kinds.KindClassifier;
import io.pointsman.classifier.memory.MemorySettings;
import io.pointsman.classifier.memory.OutcomeMemory;
import io.pointsman.classifier.training.HeadTrainer;
import io.pointsman.classifier.training.Outcome;
import io.pointsman.classifier.training.Outcomes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lab measure-classifier`: how the head `generic` would do on kinds of prompts that it has not
/// seen, and how fast it learns them from outcomes. Every figure is of heads that were trained
/// without the rows that they are measured on.
@Command(
        name = "measure-classifier",
        description = "Measure the classifier on kinds of prompts that it has not seen.",
        mixinStandardHelpOptions = true)
public final class MeasureClassifierCommand implements Callable<Integer> {

    private static final int SEEDS = 6;
    private static final int HELD_OUT = 27;
    private static final int[] LABELS = {0, 2, 5, 10, 20};
    private static final double NEWEST = 0.3;
    private static final int FOLDS = 5;

    @Spec private CommandSpec spec;

    @Option(names = "--data", required = true, description = "The folder of train-classifier.")
    private Path data;

    @Option(
            names = "--picture",
            paramLabel = "FILE",
            description = "Draw the adaptation curve, as SVG.")
    private @Nullable Path picture;

    @Override
    public Integer call() {
        var publicData = new PublicData(data);
        var rows = Stream.concat(publicData.train().stream(), publicData.dev().stream()).toList();
        var auxiliaries = publicData.auxiliaries();
        var measure = new Measurement(rows, auxiliaries);
        adaptation(measure);
        console().printf(Locale.ROOT, "%nAPGR with kinds of prompts left out of training%n");
        console().printf(Locale.ROOT, "%-44s %6s %9s %7s%n", "", "rows", "pointsman", "length");
        print("families of puzzles (rgym), five folds", measure.leftOut("rgym"));
        print("subjects of MMLU, five folds", measure.leftOut("routellm_mmlu"));
        print("the newest of LiveCodeBench", measure.newest(publicData.dates()));
        console().flush();
        return 0;
    }

    private void adaptation(Measurement measure) {
        var curves = measure.adaptation(line -> spec.commandLine().getErr().println(line));
        console()
                .printf(
                        Locale.ROOT,
                        "APGR on %d families of puzzles that no head was fitted on, %d draws of families%n",
                        HELD_OUT,
                        2 * SEEDS);
        console().printf(Locale.ROOT, "%-30s", "labels per family");
        for (int labels : LABELS) {
            console().printf(Locale.ROOT, " %14d", labels);
        }
        console().printf(Locale.ROOT, "%n");
        curves.forEach((name, draws) -> {
            console().printf(Locale.ROOT, "%-30s", name);
            for (var draw : draws) {
                console()
                        .printf(
                                Locale.ROOT,
                                " %6.3f +- %.3f",
                                mean(draw),
                                deviation(draw) / Math.sqrt(draw.length));
            }
            console().printf(Locale.ROOT, "%n");
        });
        if (picture != null) {
            var means = new LinkedHashMap<String, double[]>();
            curves.forEach((name, draws) ->
                    means.put(
                            name,
                            draws.stream().mapToDouble(MeasureClassifierCommand::mean).toArray()));
            OutputFile.write("picture", AdaptationPicture.svg(LABELS, means), picture);
        }
    }

    private void print(String what, Figures figures) {
        console()
                .printf(
                        Locale.ROOT,
                        "%-44s %6d %9.3f %7.3f%n",
                        what,
                        figures.rows(),
                        figures.pointsman(),
                        figures.length());
    }

    private PrintWriter console() {
        return spec.commandLine().getOut();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    private static double deviation(double[] values) {
        double mean = mean(values);
        return Math.sqrt(
                Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElse(0));
    }

    /// APGR of ours and of the prompt's length over some rows.
    private record Figures(int rows, double pointsman, double length) {}

    /// The rows, and heads fitted on some of them.
    private record Measurement(List<Outcome> rows, List<HeadTrainer.Auxiliary> auxiliaries) {

        /// Per method and number of labels, the APGR of every draw of families.
        Map<String, List<double[]>> adaptation(Consumer<String> progress) {
            var ours = empty();
            var means = empty();
            var length = empty();
            for (int draw = 0; draw < 2 * SEEDS; draw++) {
                progress.accept("draw %d of %d".formatted(draw + 1, 2 * SEEDS));
                var families = families(draw);
                Predicate<Outcome> unseen =
                        row -> row.source().startsWith("rgym") && families.contains(row.task());
                var head = head(rows.stream().filter(unseen.negate()).toList());
                var test = new ArrayList<>(rows.stream().filter(unseen).toList());
                Collections.shuffle(test, new Random(draw));
                for (int i = 0; i < LABELS.length; i++) {
                    var labelled = firstOfEach(test, LABELS[i]);
                    var rest = new ArrayList<>(test);
                    rest.removeAll(new HashSet<>(labelled));
                    ours.get(i)[draw] = apgr(rest, judged(head, labelled, rest));
                    means.get(i)[draw] = apgr(rest, Baselines.lookup(rest, byTask(labelled)));
                    length.get(i)[draw] = apgr(rest, Baselines.length(rest));
                }
            }
            var curves = new LinkedHashMap<String, List<double[]>>();
            curves.put("pointsman", ours);
            curves.put("mean of the kind's labels", means);
            curves.put("length", length);
            return curves;
        }

        private static List<double[]> empty() {
            return Arrays.stream(LABELS).mapToObj(_ -> new double[2 * SEEDS]).toList();
        }

        private static int fold(Outcome row) {
            return Math.floorMod((row.task().hashCode() * 0x9E3779B9) >> 8, FOLDS);
        }

        private Set<String> families(int draw) {
            var tasks = new TreeSet<String>();
            rows.stream()
                    .filter(row -> row.source().startsWith("rgym"))
                    .forEach(row -> tasks.add(row.task()));
            var shuffled = new ArrayList<>(tasks);
            Collections.shuffle(shuffled, new Random(draw / 2));
            int from = draw % 2 * HELD_OUT;
            return Set.copyOf(shuffled.subList(from, from + HELD_OUT));
        }

        private static List<Outcome> firstOfEach(List<Outcome> rows, int count) {
            var taken = new HashMap<String, Integer>();
            return rows.stream()
                    .filter(row -> taken.merge(row.task(), 1, Integer::sum) <= count)
                    .toList();
        }

        /// A family of puzzles is the task, whichever of the two sources it is from.
        private static List<Outcome> byTask(List<Outcome> labelled) {
            var both = new ArrayList<Outcome>();
            for (var source : List.of("rgym_easy", "rgym_hard")) {
                labelled.forEach(row ->
                        both.add(
                                new Outcome(
                                        row.id(),
                                        source,
                                        row.task(),
                                        row.prompt(),
                                        row.weak(),
                                        row.strong(),
                                        row.reasoningTokens())));
            }
            return both;
        }

        Figures leftOut(String sources) {
            var all = rows.stream().filter(row -> row.source().startsWith(sources)).toList();
            var scores = new HashMap<Outcome, Double>();
            for (int fold = 0; fold < FOLDS; fold++) {
                int left = fold;
                Predicate<Outcome> test =
                        row -> row.source().startsWith(sources) && fold(row) == left;
                var head = head(rows.stream().filter(test.negate()).toList());
                var some = rows.stream().filter(test).toList();
                var judged = judged(head, List.of(), some);
                for (int i = 0; i < judged.length; i++) {
                    scores.put(some.get(i), judged[i]);
                }
            }
            return figures(all, all.stream().mapToDouble(scores::get).toArray());
        }

        Figures newest(Map<String, String> dates) {
            var dated = dates.values().stream().sorted().toList();
            var cut = dated.get((int) (dated.size() * (1 - NEWEST)));
            Predicate<Outcome> test = row -> dates.getOrDefault(row.id(), "").compareTo(cut) >= 0;
            var head = head(rows.stream().filter(test.negate()).toList());
            var some = rows.stream().filter(test).toList();
            return figures(some, judged(head, List.of(), some));
        }

        private static Figures figures(List<Outcome> some, double[] scores) {
            return new Figures(some.size(), apgr(some, scores), apgr(some, Baselines.length(some)));
        }

        private DifficultyClassifier head(List<Outcome> seen) {
            var head =
                    new HeadTrainer(TrainClassifierCommand.SETTINGS, _ -> {})
                            .order(new Outcomes("weak", "strong", seen), auxiliaries);
            return remembering(head);
        }

        private static DifficultyClassifier remembering(Head head) {
            return new DifficultyClassifier(
                    head,
                    KindClassifier.bundled(),
                    OutcomeMemory.open(MemorySettings.DEFAULT, NgramRarity::of, Instant.EPOCH));
        }

        private static double[] judged(
                DifficultyClassifier fitted, List<Outcome> labelled, List<Outcome> rest) {
            var classifier = remembering(fitted.head());
            LearnedOutcomes.learn(classifier, labelled, Instant.EPOCH);
            return Scores.of(prompt -> classifier.classify(PromptRequest.of(prompt)), rest)
                    .difficulties();
        }

        private static double apgr(List<Outcome> some, double[] scores) {
            return RoutingCurve.of(some, scores).apgr();
        }
    }
}
