package io.pointsman.lab.difficulty;

import io.pointsman.api.Tier;
import io.pointsman.classifier.kinds.KindFile;
import io.pointsman.classifier.kinds.KindModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lab train-tiers`: trains the model of kinds on prompts of known tier, and measures it on rows
/// and languages that it was not trained on.
@Command(
        name = "train-tiers",
        description = "Train the model that tells a prompt's tier and task type.",
        mixinStandardHelpOptions = true)
public final class TrainTiersCommand implements Callable<Integer> {

    private static final int FOLDS = 5;

    /// A language with fewer rows is not left out by itself.
    private static final int ROWS_OF_A_LANGUAGE = 20;

    @Spec private CommandSpec spec;

    @Option(
            names = "--data",
            required = true,
            description = "The folder of train.jsonl and dev.jsonl.")
    private Path data;

    @Option(names = "--out", required = true, description = "The model to write.")
    private Path out;

    @Override
    public Integer call() {
        var train = KindRow.read(data.resolve("train.jsonl"));
        var dev = KindRow.read(data.resolve("dev.jsonl"));
        var folds = new Tally();
        for (int fold = 0; fold < FOLDS; fold++) {
            progress("fold %d of %d".formatted(fold + 1, FOLDS));
            folds.add(Split.every(FOLDS, fold, train));
        }
        print("Cross-validated, %d folds".formatted(FOLDS), folds);
        var languages = new Tally();
        for (var language : languages(train)) {
            progress("without " + language);
            languages.add(Split.by(train, row -> row.language().equals(language)));
        }
        print("Trained without the language", languages);
        progress("on all rows for training");
        var kept = new Tally();
        kept.add(new KindTrainer(train).train(), dev);
        print("Rows kept for measuring", kept);
        progress("on all rows");
        var all = Stream.concat(train.stream(), dev.stream()).toList();
        KindFile.write(
                new KindTrainer(all).train(),
                Map.of("dev-agreement", kept.share(), "cross-validated-agreement", folds.share()),
                out);
        spec.commandLine().getOut().println("Wrote " + out);
        spec.commandLine().getOut().flush();
        return 0;
    }

    /// The languages that have enough rows.
    private static List<String> languages(List<KindRow> rows) {
        return rows.stream()
                .collect(
                        Collectors.groupingBy(
                                KindRow::language, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .filter(language -> language.getValue() >= ROWS_OF_A_LANGUAGE)
                .map(Map.Entry::getKey)
                .toList();
    }

    private void progress(String stage) {
        spec.commandLine().getErr().println("training: " + stage);
    }

    private void print(String title, Tally tally) {
        spec.commandLine().getOut().println(title);
        spec.commandLine().getOut().println(tally.text());
        spec.commandLine().getOut().flush();
    }

    /// Rows to train on, and rows left out to measure on.
    private record Split(List<KindRow> trained, List<KindRow> left) {

        static Split by(List<KindRow> rows, Predicate<KindRow> left) {
            return new Split(
                    rows.stream().filter(left.negate()).toList(),
                    rows.stream().filter(left).toList());
        }

        /// Leaves out every `n`th row, beginning with that at `first`.
        static Split every(int n, int first, List<KindRow> rows) {
            var trained = new ArrayList<KindRow>();
            var left = new ArrayList<KindRow>();
            for (int i = 0; i < rows.size(); i++) {
                (i % n == first ? left : trained).add(rows.get(i));
            }
            return new Split(trained, left);
        }
    }

    /// How often a model agreed with the rows' tiers.
    private static final class Tally {

        private final Map<String, int[]> byGroup = new TreeMap<>();
        private final Map<Tier, Map<Tier, Integer>> confusion = new EnumMap<>(Tier.class);

        void add(Split split) {
            add(new KindTrainer(split.trained()).train(), split.left());
        }

        void add(KindModel model, List<KindRow> rows) {
            for (var row : rows) {
                var told = KindModel.tier(model.chances(row.features()));
                confusion
                        .computeIfAbsent(row.tier(), _ -> new EnumMap<>(Tier.class))
                        .merge(told, 1, Integer::sum);
                for (var group :
                        List.of("all", "tier " + row.tier(), "language " + row.language())) {
                    var counts = byGroup.computeIfAbsent(group, _ -> new int[2]);
                    counts[0] += told == row.tier() ? 1 : 0;
                    counts[1]++;
                }
            }
        }

        double share() {
            var counts = byGroup.getOrDefault("all", new int[] {0, 1});
            return (double) counts[0] / counts[1];
        }

        String text() {
            var lines = new ArrayList<String>();
            byGroup.forEach((group, counts) ->
                    lines.add(
                            String.format(
                                    Locale.ROOT,
                                    "  %-18s %5.1f %% of %d",
                                    group,
                                    100.0 * counts[0] / counts[1],
                                    counts[1])));
            lines.add("  what the model says of each tier's rows:");
            confusion.forEach((tier, told) -> lines.add("  %-18s %s".formatted(tier, told)));
            return String.join("\n", lines) + "\n";
        }
    }
}
