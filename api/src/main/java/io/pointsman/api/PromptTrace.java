package io.pointsman.api;

/// What a classifier keeps of a prompt so that it can learn its outcome later: features and hashes,
/// never text. Only the classifier that made it can read it.
public interface PromptTrace {

    /// A hash of the prompt: equal for equal prompts.
    long hash();
}
