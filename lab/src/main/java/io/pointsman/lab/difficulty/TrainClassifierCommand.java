package io.pointsman.lab.difficulty;

import io.pointsman.classifier.Classifiers;
import io.pointsman.classifier.HeadFile;
import io.pointsman.classifier.evaluation.EvaluationReport;
import io.pointsman.classifier.evaluation.RoutingCurve;
import io.pointsman.classifier.evaluation.Scores;
import io.pointsman.classifier.training.HeadTrainer;
import io.pointsman.classifier.training.Outcome;
import io.pointsman.classifier.training.OutcomeFile;
import io.pointsman.classifier.training.Outcomes;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lab train-classifier`: trains the head `generic` on public outcomes, and measures it on the
/// rows kept for that.
@Command(
        name = "train-classifier",
        description = "Train the classifier's generic head on public outcomes.",
        mixinStandardHelpOptions = true)
public final class TrainClassifierCommand implements Callable<Integer> {

    // Chosen by cross-validation over the training rows.
    private static final HeadTrainer.Settings SETTINGS =
            new HeadTrainer.Settings(8, 8, 0.5, 5, 150);
    private static final double AUXILIARY_WEIGHT = 0.1;
    private static final double SMALL_TALK_WEIGHT = 1;

    @Spec private CommandSpec spec;

    @Option(
            names = "--data",
            required = true,
            description =
                    "The folder of outcomes_train.jsonl.xz, outcomes_dev.jsonl.xz and aux_*.jsonl.xz.")
    private Path data;

    @Option(names = "--out", required = true, description = "The head to write.")
    private Path out;

    @Override
    public Integer call() {
        var console = spec.commandLine().getOut();
        var train = OutcomeFile.read(data.resolve("outcomes_train.jsonl.xz"));
        var named = new Outcomes("a fast model", "a reasoner", train.rows());
        var auxiliaries =
                List.of(
                        new HeadTrainer.Auxiliary(rows("aux_mmlu_pro"), AUXILIARY_WEIGHT),
                        new HeadTrainer.Auxiliary(rows("aux_llmrouter"), AUXILIARY_WEIGHT),
                        new HeadTrainer.Auxiliary(SmallTalk.outcomes(), SMALL_TALK_WEIGHT));
        var trainer = new HeadTrainer(SETTINGS, line -> spec.commandLine().getErr().println(line));
        var result = trainer.train(Classifiers.GENERIC, named, auxiliaries, OptionalDouble.empty());
        var unseen = Scores.ofMargins(result.head(), result.unseenMargins());
        console.println("Cross-validated on the training rows");
        console.println(EvaluationReport.of(result.rows(), unseen, List.of()).text());
        var families = trainer.unseenMargins(train.rows(), auxiliaries, Outcome::task);
        console.printf(
                Locale.ROOT,
                "APGR with whole task families left out: %.3f%n%n",
                RoutingCurve.of(result.rows(), families).apgr());
        var dev = rows("outcomes_dev");
        var report = EvaluationReport.of(dev, Scores.of(result.head(), dev), train.rows());
        console.println("Rows kept for measuring");
        console.println(report.text());
        HeadFile.write(
                result.head(),
                Map.of("dev-apgr", report.measures().apgr(), "dev-auc", report.measures().auc()),
                out);
        console.println("Wrote " + out);
        console.flush();
        return 0;
    }

    private List<Outcome> rows(String name) {
        return OutcomeFile.read(data.resolve(name + ".jsonl.xz")).rows();
    }
}
