package io.pointsman.serving.model;

/// What lies where in a KV cache, and what it costs; immutable.
///
/// @param blockSize positions per block
/// @param kvHeads heads of keys, and of values
/// @param headSize elements of one head
record KvLayout(KvStorage storage, int layers, int blockSize, int kvHeads, int headSize) {

    /// How many bytes of [KvStorage#Q8] share a scale; the last group of a head may be shorter.
    static final int GROUP = 32;

    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    static KvLayout of(ModelConfig config, KvStorage storage, int blockSize) {
        return new KvLayout(
                storage, config.layers(), blockSize, config.kvHeads(), config.headSize());
    }

    /// Size of one position's keys in one layer, and of its values.
    int width() {
        return kvHeads * headSize;
    }

    /// Scales of one head.
    int headGroups() {
        return Math.ceilDiv(headSize, GROUP);
    }

    /// Bytes of one position over all layers.
    long positionBytes() {
        long bytes =
                switch (storage) {
                    case F32 -> (long) Float.BYTES * width();
                    case F16 -> (long) Short.BYTES * width();
                    case Q8 -> width() + (long) Short.BYTES * kvHeads * headGroups();
                };
        return 2L * layers * bytes;
    }

    /// Bytes of one block over all layers.
    long blockBytes() {
        return positionBytes() * blockSize;
    }

    /// The blocks that fit in `bytes`. One array holds a layer's keys, so there are never more than
    /// such an array has room for (with 1024 elements per position, two million positions).
    int blocks(long bytes) {
        return (int) Math.min(bytes / blockBytes(), LONGEST_ARRAY / ((long) blockSize * width()));
    }
}
