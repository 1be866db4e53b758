package io.pointsman.serving.model;

/// The memory of keys and values, by layer and block; it knows nothing of sequences. Confined to
/// its runner's thread.
final class KvCache {

    private final float[][] keys;
    private final float[][] values;
    private final int blockFloats;

    /// @param kvWidth size of one position's keys, and of its values
    KvCache(int layers, int blocks, int blockSize, int kvWidth) {
        blockFloats = blockSize * kvWidth;
        int size = Math.multiplyExact(blocks, blockFloats);
        keys = new float[layers][size];
        values = new float[layers][size];
    }

    /// Bytes of one block over all layers.
    static long blockBytes(int layers, int blockSize, int kvWidth) {
        return 2L * Float.BYTES * layers * blockSize * kvWidth;
    }

    float[] keys(int layer) {
        return keys[layer];
    }

    float[] values(int layer) {
        return values[layer];
    }

    void copyBlock(int from, int to) {
        for (int layer = 0; layer < keys.length; layer++) {
            copyBlock(keys[layer], from, to);
            copyBlock(values[layer], from, to);
        }
    }

    private void copyBlock(float[] memory, int from, int to) {
        System.arraycopy(memory, from * blockFloats, memory, to * blockFloats, blockFloats);
    }
}
