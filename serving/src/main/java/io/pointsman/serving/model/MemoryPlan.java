package io.pointsman.serving.model;

import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.util.Locale;

/// What a model will take of the heap, known from its file's header before anything is loaded.
/// Immutable; all sizes in bytes.
///
/// @param parameters how many numbers the model consists of
/// @param weights they take as floats; embeddings stay in the mapped file
/// @param scratch what one step works in
/// @param kvPerToken keys and values of one position over all layers
/// @param kvCache reserved for keys and values
/// @param contextLength positions the model was made for
public record MemoryPlan(
        long parameters,
        long weights,
        long scratch,
        long kvPerToken,
        long kvCache,
        int blockSize,
        int contextLength) {

    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    /// The plan for the model in `file`.
    ///
    /// @param kvCache how much to reserve for keys and values
    /// @throws GgufException where the file holds no model that can be run
    public static MemoryPlan of(
            Gguf file,
            KvStorage storage,
            long kvCache,
            int blockSize,
            int maxTokens,
            int maxSequences) {
        var config = ModelConfig.from(file);
        long tokenFloats =
                3L * config.width()
                        + 2L * config.queryWidth()
                        + 2L * config.kvWidth()
                        + 2L * config.feedForward()
                        + config.ropeSize();
        long logits = (long) maxSequences * config.vocabularySize();
        long widest = Math.max(config.feedForward(), Math.max(config.width(), config.queryWidth()));
        if (Math.max(logits, widest * maxTokens) > LONGEST_ARRAY) {
            throw new GgufException(
                    "steps of %d tokens and %d sequences are too large for this model"
                            .formatted(maxTokens, maxSequences));
        }
        long perToken = KvLayout.of(config, storage, blockSize).positionBytes();
        long scores = Math.min(config.contextLength(), kvCache / perToken);
        boolean ownOutput = file.tensor("output.weight").isPresent();
        long embeddings = (long) config.width() * config.vocabularySize();
        return new MemoryPlan(
                file.parameters(),
                Float.BYTES * (file.parameters() - (ownOutput ? embeddings : 0)),
                Float.BYTES * (tokenFloats * maxTokens + logits + scores)
                        + 2L * Long.BYTES * config.vocabularySize(),
                perToken,
                kvCache,
                blockSize,
                config.contextLength());
    }

    /// All that the heap has to hold.
    public long total() {
        return weights + scratch + kvCache;
    }

    /// How many sequences of this many tokens fit into the KV cache together, if they share
    /// nothing.
    public long sequences(int tokens) {
        long blocks = kvCache / (kvPerToken * blockSize);
        return blocks / Math.ceilDiv(tokens, blockSize);
    }

    /// Checks that this process has room.
    ///
    /// @throws GgufException that says what is needed, what there is, and what to change
    public void check() {
        // What lives as long as a model lies in one pool of the heap, which is not all of it.
        long room =
                ManagementFactory.getMemoryPoolMXBeans().stream()
                        .filter(pool -> pool.getType() == MemoryType.HEAP)
                        .mapToLong(pool -> pool.getUsage().getMax())
                        .max()
                        .orElse(Runtime.getRuntime().maxMemory());
        check(room, Runtime.getRuntime().maxMemory());
    }

    /// @param room what the heap has for what lives long
    void check(long room, long heap) {
        if (kvCache < 2 * kvPerToken * blockSize) {
            throw new GgufException(
                    "%s for keys and values is less than two blocks of %d positions take (%s)"
                            .formatted(size(kvCache), blockSize, size(2 * kvPerToken * blockSize)));
        }
        if (total() > room) {
            double needed = (double) total() * heap / room * 1.05;
            throw new GgufException(
                    ("the model needs %s of memory and the heap has room for %s: %s. Let it grow"
                                    + " (POINTSMAN_JAVA_OPTS=-Xmx%dm), or give keys and values less")
                            .formatted(
                                    size(total()),
                                    size(room),
                                    this,
                                    (long) (needed / (1 << 20)) + 64));
        }
    }

    /// The plan in words, with what fits.
    @Override
    public String toString() {
        return "weights %s (%,d parameters as floats), keys and values %s (%s per token: %,d tokens, %s), a step's work %s"
                .formatted(
                        size(weights),
                        parameters,
                        size(kvCache),
                        size(kvPerToken),
                        kvCache / (kvPerToken * blockSize) * blockSize,
                        fits(),
                        size(scratch));
    }

    private String fits() {
        int tokens = Math.min(contextLength, 4096);
        return "%,d %s of %,d"
                .formatted(
                        sequences(tokens),
                        sequences(tokens) == 1 ? "sequence" : "sequences",
                        tokens);
    }

    private static String size(long bytes) {
        if (bytes < 10 << 10) {
            return bytes + " B";
        }
        if (bytes < 10 << 20) {
            return (bytes >> 10) + " KiB";
        }
        return bytes < 10L << 30
                ? (bytes >> 20) + " MiB"
                : String.format(Locale.ROOT, "%.1f GiB", bytes / 0x1p30);
    }
}
