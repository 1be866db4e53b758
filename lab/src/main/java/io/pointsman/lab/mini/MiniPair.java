package io.pointsman.lab.mini;

import ai.djl.ndarray.NDManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// Trains the bundled pair: one vocabulary, then each model from its seed or its last checkpoint.
final class MiniPair {
    private static final int VOCABULARY = 512;
    private static final int REPORT_EVERY = 20;
    private static final int EVALUATE_EVERY = 200;

    private final Outside outside;
    private final Path out;
    private final long seed;
    private final Consumer<String> log;
    private final Vocabulary vocabulary;

    MiniPair(Outside outside, Path out, long seed, Consumer<String> log) {
        this.outside = outside;
        this.out = out;
        this.seed = seed;
        this.log = log;
        vocabulary = vocabulary(outside);
    }

    Vocabulary vocabulary() {
        return vocabulary;
    }

    /// Trains one model to the end and writes its file; resumes where a checkpoint exists.
    void train(Kind kind, int steps, boolean resume) {
        var dimensions = Dimensions.mini(vocabulary.size());
        var checkpoint = out.resolve(kind.title() + ".checkpoint");
        try (var root = NDManager.newBaseManager();
                var model =
                        new Transformer(
                                dimensions, root, new SplittableRandom(seed + kind.ordinal()));
                var training = new Training(model, steps)) {
            log.accept(
                    "%s: %,d parameters, %,d steps"
                            .formatted(kind.title(), model.parameters(), steps));
            if (resume && Files.exists(checkpoint)) {
                training.resume(Checkpoint.read(checkpoint, model, training.optimizer()));
                log.accept("resumed after step " + training.done());
            }
            run(kind, training, checkpoint);
            Export.write(model, kind, vocabulary, out.resolve(kind.title() + ".gguf"));
        }
    }

    private void run(Kind kind, Training training, Path checkpoint) {
        var curriculum =
                new Curriculum(
                        kind, vocabulary, outside, training.model().dimensions(), seed + kind.ordinal());
        var started = System.nanoTime();
        var first = training.done();
        var tokens = 0L;
        var loss = 0.0;
        while (training.done() < training.steps()) {
            var batch = curriculum.batch(training.done());
            loss += training.step(batch);
            tokens += batch.ids().length;
            var done = training.done();
            if (done % REPORT_EVERY == 0) {
                var seconds = (System.nanoTime() - started) / 1e9;
                var left = seconds / (done - first) * (training.steps() - done);
                log.accept(
                        String.format(
                                Locale.ROOT,
                                "%s step %d/%d tokens %,d loss %.4f %.0f tokens/s, %d s left",
                                kind.title(),
                                done,
                                training.steps(),
                                tokens,
                                loss / REPORT_EVERY,
                                tokens / seconds,
                                Duration.ofSeconds((long) left).toSeconds()));
                loss = 0;
            }
            if (done % EVALUATE_EVERY == 0 || done == training.steps() || done == REPORT_EVERY) {
                Checkpoint.write(checkpoint, done, training.model(), training.optimizer());
                Export.write(
                        training.model(),
                        kind,
                        vocabulary,
                        out.resolve("early-" + kind.title() + ".gguf"));
                log.accept(
                        "held out, %%: "
                                + Evaluation.line(
                                        Evaluation.held(
                                                training.model(),
                                                kind,
                                                vocabulary,
                                                outside,
                                                48,
                                                done)));
            }
        }
    }

    /// Merges for the words of the tasks, of both self-descriptions, and of everyday prompts.
    private static Vocabulary vocabulary(Outside outside) {
        var texts = new HashMap<String, Long>();
        var random = new SplittableRandom(7);
        for (var kind : Kind.values()) {
            texts.merge(kind.description(), 1_000_000L, Long::sum);
        }
        texts.merge("not arithmetic", 1_000_000L, Long::sum);
        for (var task : Task.values()) {
            for (var count = 0; count < 4000; count++) {
                var problem =
                        task == Task.OTHER
                                ? outside.draw(false, 300, random)
                                : Problems.draw(task, false, random);
                texts.merge(problem.prompt(), 1L, Long::sum);
                texts.merge(problem.working(), 1L, Long::sum);
            }
        }
        return Vocabulary.learn(texts, VOCABULARY);
    }
}
