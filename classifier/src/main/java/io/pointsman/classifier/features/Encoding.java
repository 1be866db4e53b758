package io.pointsman.classifier.features;

import java.util.Arrays;

/// Structural features as a linear model sees them: per stretch between two cuts, how much of it
/// the value has covered, in [0, 1]. A weighted sum of them is a piecewise linear response.
public final class Encoding {

    /// The length of an encoded vector.
    public static final int LENGTH = offset(Structure.COUNT);

    private static final int[] OFFSETS = offsets();

    private static final byte[] OWNERS = owners();

    private Encoding() {}

    /// The ordinal of the feature that the number at `index` encodes.
    public static int feature(int index) {
        return OWNERS[index];
    }

    /// Encodes `structure`, values by ordinal.
    public static float[] encode(float[] structure) {
        var encoded = new float[LENGTH];
        int at = 0;
        for (var feature : ALL) {
            float value = structure[feature.index()];
            var cuts = feature.cuts();
            // Most values are below the first cut already.
            for (int i = 1; i < cuts.length && value > cuts[i - 1]; i++) {
                encoded[at + i - 1] =
                        value >= cuts[i] ? 1 : (value - cuts[i - 1]) / (cuts[i] - cuts[i - 1]);
            }
            at += cuts.length - 1;
        }
        return encoded;
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
