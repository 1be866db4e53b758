package io.pointsman.backends.balance;

/// How busy an engine says it is.
///
/// @param queueDepth requests that wait in it, whoever sent them
/// @param kvUtilisation part of its KV cache in use, in [0, 1]
public record EngineLoad(int queueDepth, double kvUtilisation) {

    /// What is taken for granted of one that does not say.
    public static final EngineLoad UNKNOWN = new EngineLoad(0, 0);
}
