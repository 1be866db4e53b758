package io.pointsman.gateway.cli;

import io.pointsman.api.Classifier;
import io.pointsman.api.LearningClassifier;
import io.pointsman.classifier.Classifiers;
import io.pointsman.classifier.DifficultyClassifier;
import io.pointsman.classifier.Head;
import io.pointsman.classifier.InvalidHead;
import io.pointsman.classifier.evaluation.EvaluationReport;
import io.pointsman.classifier.evaluation.Latency;
import io.pointsman.classifier.evaluation.LearnedOutcomes;
import io.pointsman.classifier.evaluation.OutputFile;
import io.pointsman.classifier.evaluation.PromptRequest;
import io.pointsman.classifier.evaluation.Scores;
import io.pointsman.classifier.evaluation.TierReport;
import io.pointsman.classifier.evaluation.TierRow;
import io.pointsman.classifier.training.InvalidOutcomes;
import io.pointsman.classifier.training.Outcome;
import io.pointsman.classifier.training.OutcomeFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `pointsman evaluate`: measures the classifier on outcomes, beside the baselines; or on prompts
/// with tiers.
@Command(
        name = "evaluate",
        description =
                "Measure the classifier on outcomes of two models, beside baselines; or on prompts with"
                        + " tiers.",
        mixinStandardHelpOptions = true)
public final class EvaluateCommand implements Callable<Integer> {

    private final Function<String, Classifier> classifiers;

    @Spec private CommandSpec spec;

    @Option(
            names = "--outcomes",
            paramLabel = "FILE",
            description = "JSON lines {id, source, task, prompt, w, s}; .xz and .gz too.")
    private @Nullable Path outcomes;

    @Option(
            names = "--tiers",
            paramLabel = "FILE",
            description = "JSON lines {id, prompt, expected_tier, lang}; .xz and .gz too.")
    private @Nullable Path tiers;

    @Option(
            names = "--head",
            paramLabel = "HEAD",
            description = "generic, embedded, or a head's file (default: ${DEFAULT-VALUE}).",
            defaultValue = Classifiers.GENERIC)
    private String head = Classifiers.GENERIC;

    @Option(
            names = "--memory",
            paramLabel = "FILE",
            description =
                    "Rows like those of --outcomes that are learned, for all tenants, before any is"
                            + " scored.")
    private @Nullable Path memory;

    @Option(
            names = "--train",
            paramLabel = "FILE",
            description =
                    "Rows like those of --outcomes that the lookup by source and task is fitted on"
                            + " (default: those of --memory), and whose scores are what requested"
                            + " shares go by (default: those of the head's own rows).")
    private @Nullable Path train;

    @Option(
            names = "--scores",
            paramLabel = "FILE",
            description =
                    "Write id,score (with --tiers: id,tier) for every row to this CSV file; a higher"
                            + " score goes to the reasoner.")
    private @Nullable Path scores;

    @Option(
            names = "--curve",
            paramLabel = "FILE",
            description = "Draw quality against the share of calls to the reasoner, as SVG.")
    private @Nullable Path curve;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of the bootstrap's draws (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    private long seed = 1;

    public EvaluateCommand() {
        this(head -> Classifiers.load(head, Path.of("")));
    }

    /// A command that finds classifiers by the name of their head.
    EvaluateCommand(Function<String, Classifier> classifiers) {
        this.classifiers = classifiers;
    }

    @Override
    public Integer call() {
        if ((outcomes == null) == (tiers == null)) {
            throw new ParameterException(
                    spec.commandLine(), "name either --outcomes FILE or --tiers FILE");
        }
        if (tiers != null && (memory != null || train != null || curve != null)) {
            throw new ParameterException(
                    spec.commandLine(), "--memory, --train and --curve go with --outcomes");
        }
        try {
            var classifier = classifiers.apply(head);
            if (outcomes != null) {
                evaluate(classifier, outcomes);
            } else if (tiers != null) {
                compareTiers(classifier, tiers);
            }
            return 0;
        } catch (InvalidOutcomes | InvalidHead | UncheckedIOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }

    private void evaluate(Classifier classifier, Path file) {
        var rows = read(file);
        List<Outcome> learned = memory == null ? List.of() : read(memory);
        List<Outcome> fitted = train == null ? List.of() : read(train);
        warnOfRepeatedIds(rows);
        if (memory != null) {
            learn(classifier, learned);
        }
        progress("scoring " + rows.size() + " rows");
        long before = System.nanoTime();
        var given = scores(classifier, rows);
        double seconds = (System.nanoTime() - before) / 1e9;
        if (scores != null) {
            given.write(rows, scores);
        }
        var expected = expectedScores(classifier, fitted);
        progress("measuring");
        var known = fitted.isEmpty() ? learned : fitted;
        var report = EvaluationReport.of(rows, given, known, expected, seed);
        if (curve != null) {
            OutputFile.write("curve", report.curve(), curve);
        }
        var console = spec.commandLine().getOut();
        console.println(report.text());
        console.print(rate(rows.size(), seconds));
        console.print(Latency.text(Latency.measure(classifier, rows, System::nanoTime)));
        console.flush();
    }

    /// The scores that prompts to come are expected to have: those of the rows of `--train`, else
    /// those that the head had on its own rows while it had not seen them.
    private double[] expectedScores(Classifier classifier, List<Outcome> fitted) {
        if (!fitted.isEmpty()) {
            progress("scoring " + fitted.size() + " rows of --train");
            return scores(classifier, fitted).difficulties();
        }
        return classifier instanceof DifficultyClassifier known
                ? IntStream.range(0, Head.PERCENTILES)
                        .mapToDouble(i -> known.head().percentiles()[i])
                        .toArray()
                : new double[0];
    }

    /// The one place where rows become memory: before any other row is scored.
    private void learn(Classifier classifier, List<Outcome> rows) {
        if (!(classifier instanceof LearningClassifier learning)) {
            throw new InvalidOutcomes(
                    "--memory %s: the classifier with the head \"%s\" does not learn from outcomes; leave --memory out"
                            .formatted(memory, head));
        }
        progress("learning " + rows.size() + " rows");
        int learned = LearnedOutcomes.learn(learning, rows, Instant.now());
        progress("learned " + learned + " of them");
    }

    private void compareTiers(Classifier classifier, Path file) {
        progress("reading " + file);
        var rows = TierRow.read(file);
        progress("scoring " + rows.size() + " rows");
        long before = System.nanoTime();
        var report = TierReport.of(prompt -> classifier.kind(PromptRequest.of(prompt)), rows);
        double seconds = (System.nanoTime() - before) / 1e9;
        if (scores != null) {
            report.write(scores);
        }
        var console = spec.commandLine().getOut();
        console.println(report.text());
        console.print(rate(rows.size(), seconds));
        console.flush();
    }

    private static Scores scores(Classifier classifier, List<Outcome> rows) {
        return Scores.of(prompt -> classifier.classify(PromptRequest.of(prompt)), rows);
    }

    private static String rate(int rows, double seconds) {
        return String.format(
                Locale.ROOT,
                "%,d rows in %.2f s, %,.0f rows a second%n",
                rows,
                seconds,
                rows / seconds);
    }

    private List<Outcome> read(Path file) {
        progress("reading " + file);
        return OutcomeFile.read(file).rows();
    }

    private void warnOfRepeatedIds(List<Outcome> rows) {
        var ids = new HashSet<String>();
        long repeated = rows.stream().filter(row -> !ids.add(row.id())).count();
        if (repeated > 0) {
            progress(repeated + " rows repeat the id of another; each is scored on its own");
        }
    }

    private void progress(String line) {
        spec.commandLine().getErr().println(line);
    }
}
