package io.pointsman.lab.mini;

/// What a problem asks for, and how hard it is for a model that answers without thinking.
enum Task {
    /// Two numbers of one or two digits, added.
    SUM(Level.EASY),
    /// Two numbers of one or two digits, subtracted; the result may be negative.
    DIFFERENCE(Level.EASY),
    /// Two factors from 0 to 12.
    TABLE(Level.EASY),
    /// A story with one step, over the numbers of the three tasks above.
    STORY(Level.EASY),
    /// Two numbers of up to four digits, small products, short chains: between easy and hard.
    BETWEEN(Level.MIDDLE),
    /// A chain that goes below zero on the way: practised, not claimed.
    BELOW_ZERO(Level.MIDDLE),
    /// Three operands of three and four digits, added and subtracted, never below zero.
    CHAIN(Level.HARD),
    /// Three digits times two digits.
    PRODUCT(Level.HARD),
    /// A story with two steps.
    STORIES(Level.HARD),
    /// Anything else: the model says what it is.
    OTHER(Level.OUTSIDE);

    /// How hard a task is.
    enum Level {
        EASY,
        MIDDLE,
        HARD,
        OUTSIDE
    }

    private final Level level;

    Task(Level level) {
        this.level = level;
    }

    Level level() {
        return level;
    }
}
