package io.pointsman.lab.difficulty;

import io.pointsman.classifier.HeadFile;
import io.pointsman.classifier.evaluation.EvaluationReport;
import io.pointsman.classifier.evaluation.Scores;
import io.pointsman.classifier.training.HeadTrainer;
import io.pointsman.classifier.training.OutcomeFile;
import io.pointsman.classifier.training.Outcomes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lab fit-head`: fits the head of the bundled pair to its outcomes, small talk joined as easy.
@Command(
        name = "fit-head",
        description = "Fit a bundled head to a pair's outcomes.",
        mixinStandardHelpOptions = true)
public final class FitHeadCommand implements Callable<Integer> {

    /// Half of a gain pays: the bundled pair's outcomes are almost all plainly one or the other.
    private static final double BREAK_EVEN = 0.5;

    @Spec private CommandSpec spec;

    @Option(names = "--outcomes", required = true, description = "The pair's outcomes, JSON lines.")
    private Path outcomes;

    @Option(names = "--name", required = true, description = "What to call the head.")
    private String name;

    @Option(names = "--out", required = true, description = "The head to write.")
    private Path out;

    @Override
    public Integer call() {
        var read = OutcomeFile.read(outcomes);
        var named =
                new Outcomes(
                        read.weak().equals("weak") ? "pointsman-mini-fast" : read.weak(),
                        read.strong().equals("strong") ? "pointsman-mini-reasoner" : read.strong(),
                        read.rows());
        var trainer =
                new HeadTrainer(
                        HeadTrainer.Settings.DEFAULT,
                        line -> spec.commandLine().getErr().println(line));
        var smallTalk = new HeadTrainer.Auxiliary(SmallTalk.outcomes(), 1, false);
        var result = trainer.train(name, named, List.of(smallTalk), OptionalDouble.of(BREAK_EVEN));
        var scores = Scores.ofGaps(result.head(), result.unseenGaps());
        var report = EvaluationReport.of(result.rows(), scores, List.of());
        var console = spec.commandLine().getOut();
        console.println("Cross-validated");
        console.println(report.text());
        console.printf("%.1f %% of plain rows go the right way%n", 100 * right(result, scores));
        HeadFile.write(
                result.head(),
                Map.of(
                        "cross-validated-apgr", report.measures().apgr(),
                        "cross-validated-right", right(result, scores)),
                out);
        console.println("Wrote " + out);
        console.flush();
        return 0;
    }

    /// The share of rows, among those that gain nearly all or nothing, on the right side of 0.5.
    private static double right(HeadTrainer.Result result, Scores scores) {
        int plain = 0;
        int right = 0;
        for (int i = 0; i < result.rows().size(); i++) {
            double gap = result.rows().get(i).gap();
            if (Math.abs(gap) <= 0.2 || gap >= 0.8) {
                plain++;
                right += scores.difficulties()[i] >= 0.5 == gap >= 0.5 ? 1 : 0;
            }
        }
        return plain == 0 ? 1 : (double) right / plain;
    }
}
