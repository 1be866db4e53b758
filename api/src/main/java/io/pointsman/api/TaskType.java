package io.pointsman.api;

/// What kind of work a prompt asks for, as far as its surface tells.
public enum TaskType {
    /// Writing, reading or running programs.
    CODE,
    /// Calculations, equations and proofs.
    MATHEMATICS,
    /// Conditions to combine, grids and sequences.
    PUZZLE,
    /// A question with listed answers.
    MULTIPLE_CHOICE,
    /// A question about the world.
    QUESTION,
    /// Composing, rewriting, summarising.
    WRITING,
    /// From one language into another.
    TRANSLATION,
    /// Greetings and thanks.
    SMALL_TALK,
    /// Anything else.
    OTHER
}
