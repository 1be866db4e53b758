package io.pointsman.api;

/// How much a prompt of its kind usually asks of a model, whoever answers: the four tiers that
/// routers by taxonomy use. Unlike the difficulty it knows nothing of how a pair of models does.
public enum Tier {
    /// Facts, definitions, greetings, short translations.
    SIMPLE,
    /// Explanations, comparisons, short programs, summaries.
    MEDIUM,
    /// Designs and programs of many parts.
    COMPLEX,
    /// Proofs, derivations, formal logic.
    REASONING
}
