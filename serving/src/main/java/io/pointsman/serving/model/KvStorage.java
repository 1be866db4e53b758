package io.pointsman.serving.model;

/// How keys and values are stored in the KV cache.
public enum KvStorage {
    /// 32-bit floats: nothing is lost.
    F32,
    /// 16-bit floats: half the memory.
    F16,
    /// Signed bytes with one half-precision scale for each 32: about a quarter of the memory.
    Q8
}
