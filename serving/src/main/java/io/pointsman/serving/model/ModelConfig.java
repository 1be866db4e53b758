package io.pointsman.serving.model;

import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufException;

/// A model's shape, from its file's metadata.
///
/// @param contextLength positions the model was made for
/// @param width size of the residual stream
/// @param ropeSize how many of a head's dimensions are rotated
record ModelConfig(
        Architecture architecture,
        int vocabularySize,
        int contextLength,
        int width,
        int layers,
        int heads,
        int kvHeads,
        int headSize,
        int feedForward,
        int ropeSize,
        double ropeBase,
        float normEpsilon) {

    private static final int LARGEST = 1 << 20;

    ModelConfig {
        check("embedding_length", width, 1);
        check("block_count", layers, 1);
        check("attention.head_count", heads, 1);
        check("attention.head_count_kv", kvHeads, 1);
        check("attention.key_length", headSize, 2);
        check("feed_forward_length", feedForward, 1);
        check("vocabulary size", vocabularySize, 1);
        if (contextLength < 2) {
            throw new GgufException("context_length is " + contextLength);
        }
        if ((long) contextLength * headSize > Integer.MAX_VALUE - 8) {
            throw new GgufException(
                    "context_length is %d, which is too long for heads of %d"
                            .formatted(contextLength, headSize));
        }
        if (heads % kvHeads != 0) {
            throw new GgufException(
                    "%d attention heads cannot share %d heads of keys and values"
                            .formatted(heads, kvHeads));
        }
        if (ropeSize < 0 || ropeSize > headSize || ropeSize % 2 != 0) {
            throw new GgufException(
                    "rope.dimension_count is %d for heads of %d".formatted(ropeSize, headSize));
        }
        if ((long) heads * headSize > LARGEST) {
            throw new GgufException("attention is wider than %d".formatted(LARGEST));
        }
    }

    static ModelConfig from(Gguf file) {
        var metadata = file.metadata();
        var name = metadata.requiredText("general.architecture");
        var architecture = Architecture.named(name);
        int width = metadata.requiredInteger(name + ".embedding_length");
        int heads = metadata.requiredInteger(name + ".attention.head_count");
        check("embedding_length", width, 1);
        check("attention.head_count", heads, 1);
        int headSize = metadata.integer(name + ".attention.key_length").orElse(width / heads);
        var scaling = metadata.text(name + ".rope.scaling.type").orElse("none");
        if (!scaling.equals("none")) {
            throw new GgufException("rope.scaling.type '" + scaling + "' is not supported");
        }
        return new ModelConfig(
                architecture,
                file.tensor("token_embd.weight")
                        .orElseThrow(
                                () -> new GgufException("there is no tensor token_embd.weight"))
                        .rows(),
                metadata.requiredInteger(name + ".context_length"),
                width,
                metadata.requiredInteger(name + ".block_count"),
                heads,
                metadata.integer(name + ".attention.head_count_kv").orElse(heads),
                headSize,
                metadata.requiredInteger(name + ".feed_forward_length"),
                metadata.integer(name + ".rope.dimension_count").orElse(headSize),
                metadata.real(name + ".rope.freq_base").orElse(10_000),
                (float) metadata.real(name + ".attention.layer_norm_rms_epsilon").orElse(1e-5));
    }

    /// Size of all heads' queries.
    int queryWidth() {
        return heads * headSize;
    }

    /// Size of a position's keys, and of its values.
    int kvWidth() {
        return kvHeads * headSize;
    }

    private static void check(String what, int value, int least) {
        if (value < least || value > LARGEST) {
            throw new GgufException(
                    "%s is %d, it must be from %d to %d".formatted(what, value, least, LARGEST));
        }
    }
}
