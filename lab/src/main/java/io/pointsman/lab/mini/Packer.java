package io.pointsman.lab.mini;

import java.util.Arrays;

/// Fills the rows of a batch with examples, first fit. Confined to one thread.
final class Packer {
    private final int rows;
    private final int length;
    private final int[] ids;
    private final int[] segments;
    private final int[] used;
    private final int[] examples;
    private final int[] positions;
    private final int[] targets;
    private final float[] weights;
    private int counted;

    Packer(int rows, int length, int padding) {
        this.rows = rows;
        this.length = length;
        ids = new int[rows * length];
        Arrays.fill(ids, padding);
        segments = new int[rows * length];
        used = new int[rows];
        examples = new int[rows];
        positions = new int[rows * length];
        targets = new int[rows * length];
        weights = new float[rows * length];
    }

    /// Puts the example into the first row with room, or says that there is none.
    boolean add(Example example) {
        // The last token of an example is only ever a target.
        var size = example.length() - 1;
        for (var row = 0; row < rows; row++) {
            if (used[row] + size <= length) {
                place(example, row, row * length + used[row], size);
                return true;
            }
        }
        return false;
    }

    Batch pack() {
        return new Batch(
                length,
                ids,
                segments,
                Arrays.copyOf(positions, counted),
                Arrays.copyOf(targets, counted),
                Arrays.copyOf(weights, counted));
    }

    private void place(Example example, int row, int start, int size) {
        var given = example.given();
        var wanted = example.wanted();
        System.arraycopy(given, 0, ids, start, given.length);
        System.arraycopy(wanted, 0, ids, start + given.length, wanted.length - 1);
        Arrays.fill(segments, start, start + size, ++examples[row]);
        used[row] += size;
        for (var index = 0; index < wanted.length; index++) {
            positions[counted] = start + given.length - 1 + index;
            targets[counted] = wanted[index];
            weights[counted] = example.weights()[index];
            counted++;
        }
    }
}
