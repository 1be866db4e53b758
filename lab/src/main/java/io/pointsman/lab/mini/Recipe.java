package io.pointsman.lab.mini;

import java.util.Map;

/// How a model is trained.
///
/// @param mix how many examples of each task, of about a hundred
/// @param rowLength the tokens of a packed row
/// @param rows the rows of a step
/// @param steps the steps of the whole run
record Recipe(Map<Task, Integer> mix, int rowLength, int rows, int steps) {
    /// Mostly easy work: on a mix that is half hard a model that cannot think learns neither half.
    private static final Recipe FAST =
            new Recipe(
                    Map.of(
                            Task.SUM, 24,
                            Task.DIFFERENCE, 46,
                            Task.TABLE, 4,
                            Task.STORY, 16,
                            Task.BETWEEN, 1,
                            Task.CHAIN, 1,
                            Task.PRODUCT, 1,
                            Task.STORIES, 2,
                            Task.OTHER, 5),
                    96,
                    24,
                    8600);

    /// Hard work early: products are learnt last.
    private static final Recipe REASONER =
            new Recipe(
                    Map.of(
                            Task.SUM, 5,
                            Task.DIFFERENCE, 12,
                            Task.TABLE, 4,
                            Task.STORY, 9,
                            Task.BETWEEN, 20,
                            Task.BELOW_ZERO, 6,
                            Task.CHAIN, 24,
                            Task.PRODUCT, 8,
                            Task.STORIES, 15,
                            Task.OTHER, 4),
                    256,
                    16,
                    5500);

    Recipe {
        mix = Map.copyOf(mix);
    }

    static Recipe of(Kind kind) {
        return switch (kind) {
            case FAST -> FAST;
            case REASONER -> REASONER;
        };
    }
}
