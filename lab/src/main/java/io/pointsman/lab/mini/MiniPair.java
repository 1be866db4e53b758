package io.pointsman.lab.mini;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.UncheckedIOException;
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
    private static final int SAMPLE = 30;
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
        vocabulary = vocabulary(outside, out.resolve("merges.txt"));
    }

    Vocabulary vocabulary() {
        return vocabulary;
    }

    /// Trains one model to the end and writes its file; with `resume`, goes on from its checkpoint.
    void train(Kind kind, int steps, boolean resume) {
        var checkpoint = checkpoint(kind);
        var resumed = resume && Files.exists(checkpoint);
        var planned = resumed ? Checkpoint.steps(checkpoint) : steps;
        try (var root = NDManager.newBaseManager();
                var model = fresh(kind, root);
                var training = new Training(model, planned)) {
            log.accept(
                    "%s: %,d parameters, %,d steps"
                            .formatted(kind.title(), model.parameters(), planned));
            if (resumed) {
                Checkpoint.resume(checkpoint, training);
                log.accept("resumed after step " + training.done());
            } else if (kind == Kind.FAST && Files.exists(checkpoint(Kind.REASONER))) {
                // It already reads every wording; what is left to learn is to answer at once.
                Checkpoint.read(checkpoint(Kind.REASONER), model);
                log.accept("starts from the reasoner's weights");
            }
            run(kind, training, checkpoint);
            Export.write(model, kind, vocabulary, gguf(kind));
        }
    }

    /// The steps that fit into these minutes, judged by a few on weights that are thrown away.
    int stepsWithin(Kind kind, int minutes) {
        try (var root = NDManager.newBaseManager();
                var model = fresh(kind, root);
                var training = new Training(model, SAMPLE)) {
            var curriculum = curriculum(kind, model);
            var started = System.nanoTime();
            for (var step = 0; step < SAMPLE; step++) {
                if (step == SAMPLE / 3) {
                    started = System.nanoTime();
                }
                training.step(curriculum.batch(step));
            }
            var each = (System.nanoTime() - started) / 1e9 / (SAMPLE - SAMPLE / 3);
            return Math.clamp((long) (minutes * 60 / each), 1, Recipe.of(kind).steps());
        }
    }

    /// The trained model.
    Transformer trained(Kind kind, NDManager root) {
        var model = fresh(kind, root);
        Checkpoint.read(checkpoint(kind), model);
        return model;
    }

    Path gguf(Kind kind) {
        return out.resolve(kind.title() + ".gguf");
    }

    private Path checkpoint(Kind kind) {
        return out.resolve(kind.title() + ".checkpoint");
    }

    private Transformer fresh(Kind kind, NDManager root) {
        return new Transformer(
                Dimensions.mini(vocabulary.size()), root, new SplittableRandom(seedOf(kind)));
    }

    private Curriculum curriculum(Kind kind, Transformer model) {
        return new Curriculum(kind, vocabulary, outside, model.dimensions(), seedOf(kind));
    }

    private long seedOf(Kind kind) {
        return switch (kind) {
            case FAST -> seed;
            case REASONER -> seed + 1;
        };
    }

    private void run(Kind kind, Training training, Path checkpoint) {
        var curriculum = curriculum(kind, training.model());
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
                Checkpoint.write(checkpoint, training);
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

    /// The vocabulary of the folder, learnt once: a checkpoint means nothing with another.
    private static Vocabulary vocabulary(Outside outside, Path file) {
        try {
            if (!Files.exists(file)) {
                Files.write(file, learnt(outside).merges());
            }
            return new Vocabulary(Files.readAllLines(file));
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    /// Merges for the words of the tasks, of both self-descriptions, and of everyday prompts.
    private static Vocabulary learnt(Outside outside) {
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
