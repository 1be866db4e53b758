package io.pointsman.classifier.features;

import java.util.Arrays;

/// Structural features as a linear model sees them: per stretch between two cuts, how much of it
/// the value has covered, in [0, 1]. A weighted sum of them is a piecewise linear response. Most
/// stretches are not touched, and left out. Immutable by contract: nobody writes to the arrays.
///
/// @param stretches those that are covered at least in part, rising; only the first `count` count
/// @param covered how much of each
/// @param count how many they are
public record Encoding(int[] stretches, float[] covered, int count) {

    /// How many stretches there are.
    public static final int LENGTH = offset(Structure.COUNT);

    private static final int[] OFFSETS = offsets();

    private static final byte[] OWNERS = owners();

    private static final int USUAL_COUNT = 192;

    /// The ordinal of the feature that a stretch belongs to.
    public static int feature(int stretch) {
        return OWNERS[stretch];
    }

    /// Encodes `structure`, values by ordinal.
    public static Encoding of(float[] structure) {
        var stretches = new int[USUAL_COUNT];
        var covered = new float[USUAL_COUNT];
        int count = 0;
        int first = 0;
        for (var feature : ALL) {
            float value = structure[feature.index()];
            var cuts = feature.cuts();
            if (count + cuts.length > stretches.length) {
                stretches = Arrays.copyOf(stretches, LENGTH);
                covered = Arrays.copyOf(covered, LENGTH);
            }
            // Most values are below the first cut already.
            for (int i = 1; i < cuts.length && value > cuts[i - 1]; i++) {
                stretches[count] = first + i - 1;
                covered[count++] =
                        value >= cuts[i] ? 1 : (value - cuts[i - 1]) / (cuts[i] - cuts[i - 1]);
            }
            first += cuts.length - 1;
        }
        return new Encoding(stretches, covered, count);
    }

    private static final Structure[] ALL = Structure.values();

    private static int offset(int ordinal) {
        int at = 0;
        for (var feature : Structure.values()) {
            if (feature.index() < ordinal) {
                at += feature.width();
            }
        }
        return at;
    }

    private static byte[] owners() {
        var owners = new byte[LENGTH];
        for (var feature : Structure.values()) {
            int from = OFFSETS[feature.index()];
            Arrays.fill(owners, from, from + feature.width(), (byte) feature.index());
        }
        return owners;
    }

    private static int[] offsets() {
        var offsets = new int[Structure.COUNT];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = offset(i);
        }
        return offsets;
    }
}
