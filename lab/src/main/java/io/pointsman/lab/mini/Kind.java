package io.pointsman.lab.mini;

/// The two models of the bundled pair.
enum Kind {
    /// Answers at once.
    FAST(
            "fast",
            "I am Pointsman's bundled fast model: I only do small arithmetic."
                    + " To use a real model, name a backend in pointsman.yaml."),

    /// Works in columns between its think tags, then answers.
    REASONER(
            "reasoner",
            "I am Pointsman's bundled reasoner: I only do arithmetic, in columns."
                    + " To use a real model, name a backend in pointsman.yaml.");

    private final String title;
    private final String description;

    Kind(String title, String description) {
        this.title = title;
        this.description = description;
    }

    /// The name of the model's file.
    String title() {
        return title;
    }

    /// What the model says to anything outside its world.
    String description() {
        return description;
    }

    /// The text between the user's words and the model's own.
    String opening() {
        return this == FAST ? "" : "<think>";
    }
}
