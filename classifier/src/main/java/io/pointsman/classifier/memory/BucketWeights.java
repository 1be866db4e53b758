package io.pointsman.classifier.memory;

/// How much it tells when two prompts share an n-gram: the rarer, the more, as with the inverse
/// document frequency of Spärck Jones, "A statistical interpretation of term specificity" (1972).
/// Pure: the same bucket always has the same weight.
@FunctionalInterface
public interface BucketWeights {

    /// The weight of `bucket`, finite and not negative; 0 where sharing it tells nothing.
    float of(int bucket);
}
