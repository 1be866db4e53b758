package io.pointsman.lab.mini;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// The batches of a run, each a pure function of the seed and the step, so that a resumed run sees
/// the same ones.
final class Curriculum {
    /// Every so many steps the rows are as long as the context, for long texts.
    private static final int LONG_EVERY = 20;

    private final Kind kind;
    private final Vocabulary vocabulary;
    private final Outside outside;
    private final Dimensions dimensions;
    private final long seed;
    private final List<Task> urn;

    Curriculum(
            Kind kind, Vocabulary vocabulary, Outside outside, Dimensions dimensions, long seed) {
        this.kind = kind;
        this.vocabulary = vocabulary;
        this.outside = outside;
        this.dimensions = dimensions;
        this.seed = seed;
        urn = new ArrayList<>();
        for (var task : Task.values()) {
            for (var count = 0; count < Recipe.of(kind).mix().getOrDefault(task, 0); count++) {
                urn.add(task);
            }
        }
    }

    Batch batch(int step) {
        var random = new SplittableRandom(seed * 1_000_003 + step).split();
        var isLong = step % LONG_EVERY == LONG_EVERY - 1;
        var recipe = Recipe.of(kind);
        var length = isLong ? dimensions.context() : recipe.rowLength();
        var rows =
                isLong ? Math.max(1, recipe.rowLength() * recipe.rows() / length) : recipe.rows();
        var packer = new Packer(rows, length, vocabulary.end());
        if (isLong) {
            for (var row = 0; row < rows; row++) {
                packer.add(longOne(length, random));
            }
        }
        var misses = 0;
        while (misses < 8) {
            if (!packer.add(one(random))) {
                misses++;
            }
        }
        return packer.pack();
    }

    private Example one(RandomGenerator random) {
        var task = urn.get(random.nextInt(urn.size()));
        var problem =
                task == Task.OTHER
                        ? outside.draw(false, random.nextInt(4) == 0 ? 400 : 120, random)
                        : Problems.draw(task, false, random);
        return Example.of(problem, kind, vocabulary);
    }

    private Example longOne(int length, RandomGenerator random) {
        var characters = random.nextInt(300, 2500);
        while (true) {
            var problem = outside.drawLong(false, characters, random);
            var example = Example.of(problem, kind, vocabulary);
            if (example.length() <= length) {
                return example;
            }
            characters = characters * 3 / 4;
        }
    }
}
