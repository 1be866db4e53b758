package io.pointsman.classifier.memory;

/// The nearest of an index, nearest first. Immutable by contract: nobody writes to the arrays.
///
/// @param slots where each is kept
/// @param similarities their cosines with what was asked for, in (0, 1]
public record Neighbours(int[] slots, float[] similarities) {

    /// Of an index that holds nothing alike.
    static final Neighbours NONE = new Neighbours(new int[0], new float[0]);

    /// How many there are.
    public int count() {
        return slots.length;
    }

    /// How near the nearest is; 0 where there is none.
    public float nearest() {
        return slots.length == 0 ? 0 : similarities[0];
    }
}
