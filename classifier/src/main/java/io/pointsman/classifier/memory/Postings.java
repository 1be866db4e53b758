package io.pointsman.classifier.memory;

import java.util.Arrays;

/// The slots of the sketches that hold one bucket, in the order of their adding. Confined to its
/// index.
final class Postings {

    private int[] slots = new int[2];
    private int from;
    private int size;

    int size() {
        return size;
    }

    /// The one that was added `age` others ago.
    int newest(int age) {
        return slots[from + size - 1 - age];
    }

    void add(int slot) {
        if (from + size == slots.length) {
            // A quarter longer where at least half is in use, else the freed front is enough.
            int length = 2 * size < slots.length ? slots.length : size + size / 4 + 1;
            var target = length == slots.length ? slots : new int[length];
            System.arraycopy(slots, from, target, 0, size);
            slots = target;
            from = 0;
        }
        slots[from + size++] = slot;
    }

    /// Removes `slot`, found by its birth, and closes the gap from the nearer end: the oldest go
    /// first as a rule.
    ///
    /// @return whether none is left
    boolean remove(int slot, long[] births) {
        int at = find(births[slot], births);
        if (slots[at] != slot) {
            return size == 0;
        }
        int before = at - from;
        if (before < size / 2) {
            System.arraycopy(slots, from, slots, from + 1, before);
            from++;
        } else {
            System.arraycopy(slots, at + 1, slots, at, size - 1 - before);
        }
        size--;
        if (4 * size < slots.length) {
            slots = Arrays.copyOfRange(slots, from, from + size + size / 2 + 1);
            from = 0;
        }
        return size == 0;
    }

    private int find(long birth, long[] births) {
        int low = from;
        int high = from + size - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (births[slots[middle]] < birth) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
