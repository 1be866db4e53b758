package io.pointsman.lab.mini;

import java.util.Map;

/// The two models of the bundled pair: what each writes, and on what mix of tasks it is trained.
enum Kind {
    /// Answers at once.
    FAST(
            "fast",
            "I am Pointsman's bundled fast model: I only do small arithmetic. To use a real model, name a backend in pointsman.yaml.",
            new Recipe(
                    Map.of(
                            Task.SUM, 24,
                            Task.DIFFERENCE, 34,
                            Task.TABLE, 7,
                            Task.STORY, 22,
                            Task.BETWEEN, 2,
                            Task.CHAIN, 2,
                            Task.PRODUCT, 2,
                            Task.STORIES, 2,
                            Task.OTHER, 5),
                    96,
                    32,
                    5200)),

    /// Works in columns between its think tags, then answers.
    REASONER(
            "reasoner",
            "I am Pointsman's bundled reasoner: I only do arithmetic, in columns. To use a real model, name a backend in pointsman.yaml.",
            new Recipe(
                    Map.of(
                            Task.SUM, 9,
                            Task.DIFFERENCE, 11,
                            Task.TABLE, 6,
                            Task.STORY, 12,
                            Task.BETWEEN, 10,
                            Task.CHAIN, 17,
                            Task.PRODUCT, 16,
                            Task.STORIES, 14,
                            Task.OTHER, 5),
                    256,
                    16,
                    2700));

    /// How a model is trained.
    ///
    /// @param mix how many examples of each task, of a hundred
    /// @param rowLength the tokens of a packed row
    /// @param rows the rows of a step
    /// @param steps the steps of the whole run
    record Recipe(Map<Task, Integer> mix, int rowLength, int rows, int steps) {}

    private final String title;
    private final String description;
    private final Recipe recipe;

    Kind(String title, String description, Recipe recipe) {
        this.title = title;
        this.description = description;
        this.recipe = recipe;
    }

    /// The name of the model's file.
    String title() {
        return title;
    }

    /// What the model says to anything outside its world.
    String description() {
        return description;
    }

    Recipe recipe() {
        return recipe;
    }

    /// The text between the user's words and the model's own.
    String opening() {
        return this == FAST ? "" : "<think>";
    }
}
