package io.pointsman.classifier.memory;

import java.util.Arrays;

/// The slots of the largest values that were offered, as a binary heap whose root is the least of
/// them (Williams, "Algorithm 232: Heapsort", 1964). Confined to one search.
final class Largest {

    /// The bits of a positive float, which compare as the float does, above the slot.
    private final long[] heap;

    private int size;

    Largest(int most) {
        this.heap = new long[most];
    }

    int size() {
        return size;
    }

    /// A slot, in no order.
    int slot(int at) {
        return (int) heap[at];
    }

    /// Offers `slot`; a value of 0 is not wanted.
    void offer(int slot, float value) {
        long key = (long) Float.floatToRawIntBits(value) << Integer.SIZE | slot;
        if (value > 0 && size < heap.length) {
            rise(key);
        } else if (value > 0 && key > heap[0]) {
            sink(key);
        }
    }

    private void rise(long key) {
        int at = size++;
        while (at > 0 && heap[(at - 1) / 2] > key) {
            heap[at] = heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        heap[at] = key;
    }

    private void sink(long key) {
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= key) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = key;
    }

    /// All of them, largest first, their values times `scale` and at most 1. Ends the use.
    Neighbours descending(float scale) {
        Arrays.sort(heap, 0, size);
        var slots = new int[size];
        var similarities = new float[size];
        for (int i = 0; i < size; i++) {
            long key = heap[size - 1 - i];
            slots[i] = (int) key;
            similarities[i] = Math.min(1, Float.intBitsToFloat((int) (key >>> 32)) * scale);
        }
        return new Neighbours(slots, similarities);
    }
}
