package io.pointsman.lab.mini;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `train-mini`: trains both models, exports them, measures them, and writes their outcome rows.
@Command(
        name = "train-mini",
        description = "Trains the bundled pair of mini models and writes them as GGUF files.",
        mixinStandardHelpOptions = true)
public final class TrainMini implements Callable<Integer> {
    static final Map<Task, Integer> ROWS =
            Map.of(
                    Task.SUM, 700,
                    Task.DIFFERENCE, 700,
                    Task.TABLE, 400,
                    Task.STORY, 800,
                    Task.BETWEEN, 700,
                    Task.BELOW_ZERO, 100,
                    Task.CHAIN, 800,
                    Task.PRODUCT, 700,
                    Task.STORIES, 800,
                    Task.OTHER, 800);

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "where models, checkpoints, outcome rows and the measured table go")
    private @Nullable Path out;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "a folder with prompts/self-instruct, prompts/arena-hard and prompts/uncommonroute:"
                            + " texts to decline; without it, templates alone")
    private @Nullable Path data;

    @Option(names = "--seed", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
    private long seed = 20261123;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "at most about this long for each model; the recipe shrinks to fit")
    private int minutes;

    @Option(names = "--resume", description = "go on from the checkpoints in the folder")
    private boolean resume;

    @Option(
            names = "--only",
            paramLabel = "MODEL",
            description = "train one of ${COMPLETION-CANDIDATES} and measure nothing")
    private @Nullable Kind only;

    @Option(
            names = "--problems",
            paramLabel = "N",
            description = "held-out problems per task for the table, default: ${DEFAULT-VALUE}")
    private int problems = 500;

    /// Made by the command line.
    public TrainMini() {}

    @Override
    public Integer call() throws IOException {
        var folder = java.util.Objects.requireNonNull(out);
        Files.createDirectories(folder);
        var outside = data == null ? Outside.of(List.of()) : Outside.read(data.resolve("prompts"));
        var pair = new MiniPair(outside, folder, seed, TrainMini::log);
        for (var kind : only == null ? new Kind[] {Kind.REASONER, Kind.FAST} : new Kind[] {only}) {
            var steps = minutes == 0 ? Recipe.of(kind).steps() : pair.stepsWithin(kind, minutes);
            pair.train(kind, steps, resume);
        }
        if (only == null) {
            measure(pair, outside, folder);
        }
        return 0;
    }

    private void measure(MiniPair pair, Outside outside, Path folder) {
        var scores = new EnumMap<Kind, Map<Task, Evaluation.Score>>(Kind.class);
        var answers = new EnumMap<Kind, List<Evaluation.Answered>>(Kind.class);
        // The rows hold no text of the data folder.
        var ours = Outside.of(List.of());
        for (var kind : Kind.values()) {
            try (var root = NDManager.newBaseManager();
                    var model = pair.trained(kind, root)) {
                var held =
                        Evaluation.held(
                                model, kind, pair.vocabulary(), outside, problems, seed + 1);
                log(kind.title() + ", held out, %: " + Evaluation.line(held));
                scores.put(kind, held);
                var answered = new ArrayList<Evaluation.Answered>();
                for (var task : Task.values()) {
                    var drawn =
                            Evaluation.problems(
                                    task, ours, true, ROWS.getOrDefault(task, 0), seed + 2);
                    answered.addAll(Evaluation.answered(model, kind, pair.vocabulary(), drawn));
                }
                answers.put(kind, answered);
            }
        }
        ModelCard.write(
                folder.resolve("model-card.md"),
                scores.getOrDefault(Kind.FAST, Map.of()),
                scores.getOrDefault(Kind.REASONER, Map.of()),
                seed + 1);
        var rows =
                Outcomes.write(
                        folder,
                        answers.getOrDefault(Kind.FAST, List.of()),
                        answers.getOrDefault(Kind.REASONER, List.of()));
        log("%,d outcome rows".formatted(rows));
    }

    private static void log(String line) {
        System.out.println(
                LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS) + " " + line);
    }
}
