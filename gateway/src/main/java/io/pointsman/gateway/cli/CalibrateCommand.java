package io.pointsman.gateway.cli;

import io.pointsman.classifier.Classifiers;
import io.pointsman.classifier.HeadFile;
import io.pointsman.classifier.evaluation.EvaluationReport;
import io.pointsman.classifier.evaluation.LearnedOutcomes;
import io.pointsman.classifier.evaluation.Scores;
import io.pointsman.classifier.memory.MemorySettings;
import io.pointsman.classifier.training.HeadTrainer;
import io.pointsman.classifier.training.InvalidOutcomes;
import io.pointsman.classifier.training.OutcomeFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `pointsman calibrate`: fits a classifier head to the outcomes of the user's own pair of models,
/// or keeps them as labels in a memory of outcomes.
@Command(
        name = "calibrate",
        description =
                "Fit the classifier to outcomes of your own two models, or teach them to its memory.",
        mixinStandardHelpOptions = true)
public final class CalibrateCommand implements Callable<Integer> {

    private static final int FEW_ROWS = 200;

    @Spec private CommandSpec spec;

    @Option(
            names = "--outcomes",
            required = true,
            description =
                    "JSON lines {prompt, w, s}: the scores in [0,1] of the fast model and the reasoner; .xz and .gz too.")
    private Path outcomes;

    @Option(
            names = "--out",
            description = "The head to write, a .json file (default: ${DEFAULT-VALUE}).",
            defaultValue = "head.json")
    private Path out;

    @Option(
            names = "--name",
            description = "What to call the pair (default: ${DEFAULT-VALUE}).",
            defaultValue = "my-pair")
    private String name;

    @Option(
            names = "--break-even",
            description =
                    "The expected gain in (0,1) that gets the score 0.5 (default: the rows' mean gain, at most 0.5).")
    private @Nullable Double breakEven;

    @Option(
            names = "--memory",
            paramLabel = "FILE",
            description =
                    "Fit nothing: keep the rows in this memory's file (classifier.memory.file), where they"
                            + " count for all tenants. The gateway that uses it must be stopped.")
    private @Nullable Path memory;

    @Option(
            names = "--head",
            paramLabel = "HEAD",
            description =
                    "With --memory, the head that the gateway uses: generic, embedded, or a head's file"
                            + " (default: ${DEFAULT-VALUE}).",
            defaultValue = Classifiers.GENERIC)
    private String head = Classifiers.GENERIC;

    public CalibrateCommand() {}

    @Override
    public Integer call() {
        var even = breakEven == null ? OptionalDouble.empty() : OptionalDouble.of(breakEven);
        if (even.isPresent() && !(even.getAsDouble() > 0 && even.getAsDouble() < 1)) {
            throw new ParameterException(spec.commandLine(), "--break-even is in (0, 1)");
        }
        if (!out.toString().endsWith(".json")) {
            throw new ParameterException(spec.commandLine(), "--out ends in .json");
        }
        try {
            if (memory == null) {
                fit(even);
            } else {
                remember(memory);
            }
            return 0;
        } catch (InvalidOutcomes | UncheckedIOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }

    private void remember(Path file) {
        var settings =
                new MemorySettings(
                        Optional.of(file),
                        MemorySettings.CAPACITY,
                        MemorySettings.HALF_LIFE,
                        MemorySettings.Sharing.TENANT);
        var rows = OutcomeFile.read(outcomes).rows();
        var now = Instant.now();
        try (var classifier = Classifiers.open(head, Path.of(""), settings, now)) {
            int learned = LearnedOutcomes.learn(classifier, rows, now);
            var console = spec.commandLine().getOut();
            console.printf(
                    "%d of %d rows are kept in %s, which has outcomes of %d prompts%n",
                    learned, rows.size(), file, classifier.memory().size());
            console.flush();
        }
    }

    private void fit(OptionalDouble even) {
        var terminal = spec.commandLine();
        var read = OutcomeFile.read(outcomes);
        var console = terminal.getOut();
        console.printf("%d rows%n", read.rows().size());
        if (read.rows().size() < FEW_ROWS) {
            console.printf("That is few: expect wide errors below %d rows.%n", FEW_ROWS);
        }
        var trainer =
                new HeadTrainer(
                        HeadTrainer.Settings.DEFAULT, line -> terminal.getErr().println(line));
        var result = trainer.train(name, read, List.of(), even);
        var scores = Scores.ofGaps(result.head(), result.unseenGaps());
        var report = EvaluationReport.of(result.rows(), scores, List.of());
        console.println();
        console.println("Cross-validated: every row is judged by a head that has not seen it.");
        console.println(report.text());
        var measures = report.measures();
        var metrics =
                Map.of(
                        "cross-validated-apgr",
                        measures.apgr(),
                        "cross-validated-auc",
                        measures.auc());
        HeadFile.write(result.head(), metrics, out);
        console.println("Wrote " + out + ". Put this into pointsman.yaml:");
        console.println();
        console.println("classifier:");
        console.println("  head: " + out.toAbsolutePath());
        console.flush();
    }
}
