package io.pointsman.gateway.cli;

import io.pointsman.classifier.Classifiers;
import io.pointsman.classifier.InvalidHead;
import io.pointsman.classifier.evaluation.EvaluationReport;
import io.pointsman.classifier.evaluation.Latency;
import io.pointsman.classifier.evaluation.Scores;
import io.pointsman.classifier.training.InvalidOutcomes;
import io.pointsman.classifier.training.Outcome;
import io.pointsman.classifier.training.OutcomeFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `pointsman evaluate`: measures a classifier head on outcomes, beside the baselines.
@Command(
        name = "evaluate",
        description = "Measure the classifier on outcomes of two models, beside baselines.",
        mixinStandardHelpOptions = true)
public final class EvaluateCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--outcomes",
            required = true,
            description = "JSON lines {id, source, task, prompt, w, s}; .xz and .gz too.")
    private Path outcomes;

    @Option(
            names = "--head",
            description = "generic, embedded, or a head's file (default: ${DEFAULT-VALUE}).",
            defaultValue = Classifiers.GENERIC)
    private String head;

    @Option(
            names = "--train",
            description = "Rows that the lookup by source and task is fitted on.")
    private @Nullable Path train;

    @Option(names = "--scores", description = "Write id,score for every row to this file.")
    private @Nullable Path scores;

    public EvaluateCommand() {}

    @Override
    public Integer call() {
        try {
            evaluate();
            return 0;
        } catch (InvalidOutcomes | InvalidHead | UncheckedIOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }

    private void evaluate() {
        var progress = spec.commandLine().getErr();
        var classifier = Classifiers.load(head, Path.of(""));
        progress.println("reading " + outcomes);
        var rows = OutcomeFile.read(outcomes).rows();
        List<Outcome> known = train == null ? List.of() : OutcomeFile.read(train).rows();
        progress.printf("scoring %d rows%n", rows.size());
        long before = System.nanoTime();
        var given = Scores.of(classifier.head(), rows);
        double seconds = (System.nanoTime() - before) / 1e9;
        if (scores != null) {
            given.write(rows, scores);
        }
        progress.println("measuring");
        var console = spec.commandLine().getOut();
        console.println(EvaluationReport.of(rows, given, known).text());
        console.printf(
                "%d rows in %.2f s, %.0f rows a second%n",
                rows.size(), seconds, rows.size() / seconds);
        console.print(Latency.text(Latency.measure(classifier, rows, System::nanoTime)));
        console.flush();
    }
}
