package io.pointsman.lab.random;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The shape of a model: all that its cost depends on.
///
/// @param architecture `qwen2` or `llama`
/// @param firstControl id of the first control token; ordinary tokens are below
/// @param tied whether the output matrix is the embeddings
/// @param longRope whether rotary frequencies are scaled as in Llama 3.1
record Shape(
        String architecture,
        int width,
        int layers,
        int heads,
        int kvHeads,
        int headSize,
        int feedForward,
        int vocabulary,
        int firstControl,
        int context,
        boolean tied,
        float ropeBase,
        float normEpsilon,
        boolean longRope) {

    /// The shapes that have a name.
    private static final Map<String, Shape> NAMED = new TreeMap<>(shapes());

    /// The shape of the model of this name.
    static Optional<Shape> named(String name) {
        return Optional.ofNullable(NAMED.get(name));
    }

    static Set<String> names() {
        return NAMED.keySet();
    }

    private static Map<String, Shape> shapes() {
        return Map.of(
                "tiny",
                qwen(64, 2, 4, 2, 16, 128, 1024, 1000, 512, false, 10_000, 1e-6f),
                "tiny-llama",
                new Shape(
                        "llama", 64, 2, 4, 2, 16, 128, 1024, 1000, 512, false, 500_000, 1e-5f,
                        true),
                "mini",
                qwen(128, 4, 4, 2, 32, 384, 4096, 4000, 4096, false, 10_000, 1e-6f),
                "qwen2.5-0.5b",
                qwen(896, 24, 14, 2, 64, 4864, 151_936, 151_643, 32_768, true, 1e6f, 1e-6f),
                "r1-distill-qwen-1.5b",
                qwen(1536, 28, 12, 2, 128, 8960, 151_936, 151_643, 131_072, false, 1e4f, 1e-6f),
                "r1-distill-qwen-7b",
                qwen(3584, 28, 28, 4, 128, 18_944, 152_064, 151_643, 131_072, false, 1e4f, 1e-6f),
                "r1-distill-qwen-14b",
                qwen(5120, 48, 40, 8, 128, 13_824, 152_064, 151_643, 131_072, false, 1e6f, 1e-5f),
                "r1-distill-qwen-32b",
                qwen(5120, 64, 40, 8, 128, 27_648, 152_064, 151_643, 131_072, false, 1e6f, 1e-5f),
                "r1-distill-llama-8b",
                new Shape(
                        "llama", 4096, 32, 32, 8, 128, 14_336, 128_256, 128_000, 131_072, false,
                        500_000, 1e-5f, true));
    }

    private static Shape qwen(
            int width,
            int layers,
            int heads,
            int kvHeads,
            int headSize,
            int feedForward,
            int vocabulary,
            int firstControl,
            int context,
            boolean tied,
            float ropeBase,
            float normEpsilon) {
        return new Shape(
                "qwen2",
                width,
                layers,
                heads,
                kvHeads,
                headSize,
                feedForward,
                vocabulary,
                firstControl,
                context,
                tied,
                ropeBase,
                normEpsilon,
                false);
    }

    /// The same with fewer layers, or more.
    Shape withLayers(int count) {
        return new Shape(
                architecture,
                width,
                count,
                heads,
                kvHeads,
                headSize,
                feedForward,
                vocabulary,
                firstControl,
                context,
                tied,
                ropeBase,
                normEpsilon,
                longRope);
    }
}
