package io.pointsman.serving.model;

import java.util.Arrays;

/// The memory of keys and values, by layer and block; it knows nothing of sequences. Confined to
/// its runner's thread.
///
/// It is read one head of one row at a time: [#select] makes that head's keys and values floats,
/// and all query tokens of the row that share the head read them. Floats are read where they lie,
/// other storages are unpacked into scratch memory, position behind position.
final class KvCache {

    private final KvLayout layout;
    private final KvPlane[] keyPlanes;
    private final KvPlane[] valuePlanes;

    private float[] keyScratch = new float[0];
    private float[] valueScratch = new float[0];

    private float[] keys = keyScratch;
    private float[] values = valueScratch;
    private int[] starts = new int[0];
    private int stride;

    KvCache(KvLayout layout, int blocks) {
        this.layout = layout;
        int slots = Math.multiplyExact(blocks, layout.blockSize());
        keyPlanes = planes(slots);
        valuePlanes = planes(slots);
    }

    private KvPlane[] planes(int slots) {
        var planes = new KvPlane[layout.layers()];
        Arrays.setAll(planes, _ -> KvPlane.of(layout, slots));
        return planes;
    }

    /// Stores a token's keys and values, which lie at `at` of each array.
    void store(int layer, int slot, float[] newKeys, float[] newValues, int at) {
        keyPlanes[layer].store(slot, newKeys, at);
        valuePlanes[layer].store(slot, newValues, at);
    }

    /// Chooses what [#keys], [#values], [#start] and [#stride] tell of: one head of the first
    /// `length` positions of a row.
    void select(StepPlan plan, int row, int layer, int head, int length) {
        int blocks = Math.ceilDiv(length, layout.blockSize());
        if (starts.length < blocks) {
            starts = new int[Math.max(blocks, 2 * starts.length)];
        }
        if (keyPlanes[layer] instanceof FloatPlane keyPlane
                && valuePlanes[layer] instanceof FloatPlane valuePlane) {
            keys = keyPlane.elements();
            values = valuePlane.elements();
            stride = layout.width();
            for (int i = 0; i < blocks; i++) {
                starts[i] =
                        plan.block(row, i) * layout.blockSize() * stride + head * layout.headSize();
            }
        } else {
            unpack(plan, row, layer, head, length);
        }
    }

    private void unpack(StepPlan plan, int row, int layer, int head, int length) {
        int size = layout.headSize();
        int blockSize = layout.blockSize();
        if (keyScratch.length < length * size) {
            int room = (int) Math.min(Integer.MAX_VALUE - 8L, 2L * length * size);
            keyScratch = new float[room];
            valueScratch = new float[room];
        }
        for (int start = 0; start < length; start += blockSize) {
            int slot = plan.block(row, start / blockSize) * blockSize;
            int count = Math.min(blockSize, length - start);
            keyPlanes[layer].load(slot, count, head, keyScratch, start * size);
            valuePlanes[layer].load(slot, count, head, valueScratch, start * size);
            starts[start / blockSize] = start * size;
        }
        keys = keyScratch;
        values = valueScratch;
        stride = size;
    }

    float[] keys() {
        return keys;
    }

    float[] values() {
        return values;
    }

    /// Where the first position of the row's block `index` lies in both arrays.
    int start(int index) {
        return starts[index];
    }

    /// How far one position lies behind the other within a block.
    int stride() {
        return stride;
    }

    void copyBlock(int from, int to) {
        int size = layout.blockSize();
        for (int layer = 0; layer < keyPlanes.length; layer++) {
            keyPlanes[layer].copy(from * size, to * size, size);
            valuePlanes[layer].copy(from * size, to * size, size);
        }
    }
}
