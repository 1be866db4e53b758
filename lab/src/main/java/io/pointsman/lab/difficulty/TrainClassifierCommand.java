package io.pointsman.lab.difficulty;

import io.pointsman.classifier.Classifiers;
import io.pointsman.classifier.HeadFile;
import io.pointsman.classifier.evaluation.EvaluationReport;
import io.pointsman.classifier.evaluation.OutputFile;
import io.pointsman.classifier.evaluation.RoutingCurve;
import io.pointsman.classifier.evaluation.Scores;
import io.pointsman.classifier.training.HeadTrainer;
import io.pointsman.classifier.training.Outcome;
import io.pointsman.classifier.training.Outcomes;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lab train-classifier`: trains the head `generic` on public outcomes. It is measured first, by a
/// head that was trained without the rows kept for that; the head that is written has them all.
@Command(
        name = "train-classifier",
        description = "Train the classifier's generic head on public outcomes.",
        mixinStandardHelpOptions = true)
public final class TrainClassifierCommand implements Callable<Integer> {

    /// Chosen by cross-validation over the training rows.
    static final HeadTrainer.Settings SETTINGS = new HeadTrainer.Settings(50, 0.5, 1, 5);

    @Spec private CommandSpec spec;

    @Option(
            names = "--data",
            required = true,
            description =
                    "The folder of outcomes_train.jsonl.xz, outcomes_dev.jsonl.xz, aux_*.jsonl.xz and prompts/.")
    private Path data;

    @Option(names = "--out", required = true, description = "The head to write.")
    private Path out;

    @Option(
            names = "--picture",
            paramLabel = "FILE",
            description = "Draw quality against cost on the rows kept for measuring, as SVG.")
    private @Nullable Path picture;

    @Override
    public Integer call() {
        var console = spec.commandLine().getOut();
        var publicData = new PublicData(data);
        var train = publicData.train();
        var dev = publicData.dev();
        var auxiliaries = publicData.auxiliaries();
        var trainer = new HeadTrainer(SETTINGS, line -> spec.commandLine().getErr().println(line));
        var measured = trainer.train("measured", named(train), auxiliaries, OptionalDouble.empty());
        var expected = Scores.ofGaps(measured.head(), measured.unseenGaps()).difficulties();
        var report = EvaluationReport.of(dev, Scores.of(measured.head(), dev), train, expected, 1);
        console.println("Rows kept for measuring, by a head trained without them");
        console.println(report.text());
        if (picture != null) {
            OutputFile.write("picture", report.curve(), picture);
        }
        var all = Stream.concat(train.stream(), dev.stream()).toList();
        var result =
                trainer.train(Classifiers.GENERIC, named(all), auxiliaries, OptionalDouble.empty());
        var unseen = Scores.ofGaps(result.head(), result.unseenGaps());
        console.println("Cross-validated on all rows");
        console.println(EvaluationReport.of(result.rows(), unseen, List.of()).text());
        console.printf(
                Locale.ROOT,
                "APGR with whole task families left out: %.3f%n%n",
                RoutingCurve.of(result.rows(), result.unseenTaskGaps()).apgr());
        HeadFile.write(
                result.head(),
                Map.of("dev-apgr", report.measures().apgr(), "dev-auc", report.measures().auc()),
                out);
        console.println(result.head().spread());
        console.println("Wrote " + out);
        console.flush();
        return 0;
    }

    private static Outcomes named(List<Outcome> rows) {
        return new Outcomes("a fast model", "a reasoner", rows);
    }
}
