package io.pointsman.serving.model;

import io.pointsman.serving.gguf.GgufException;

/// The families of transformer that the runner computes. They differ in how rotary embedding pairs
/// a head's dimensions; biases and an output matrix of its own are there if the file has them.
enum Architecture {
    /// Pairs dimension i with i + half (NEOX).
    QWEN2,
    /// Pairs neighbours.
    LLAMA;

    static Architecture named(String name) {
        return switch (name) {
            case "qwen2" -> QWEN2;
            case "llama" -> LLAMA;
            default ->
                    throw new GgufException(
                            "general.architecture is '"
                                    + name
                                    + "', which is not supported (qwen2 and llama are)");
        };
    }
}
