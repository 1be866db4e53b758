package io.pointsman.lab.mini;

/// The sizes of a Qwen2-style transformer.
///
/// @param context the longest context it was trained on
record Dimensions(
        int vocabulary,
        int context,
        int layers,
        int width,
        int heads,
        int keyValueHeads,
        int headWidth,
        int inner) {

    /// The shape of both bundled models.
    static Dimensions mini(int vocabulary) {
        return new Dimensions(vocabulary, 1024, 4, 128, 4, 2, 32, 384);
    }
}
