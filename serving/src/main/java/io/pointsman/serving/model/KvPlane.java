package io.pointsman.serving.model;

/// The keys, or the values, of one layer: a row of [KvLayout#width] elements for each slot. What a
/// row reads as depends on what was stored in it alone. Confined to its runner's thread.
sealed interface KvPlane permits FloatPlane, HalfPlane, BytePlane {

    /// A plane of `slots` rows.
    static KvPlane of(KvLayout layout, int slots) {
        return switch (layout.storage()) {
            case F32 -> new FloatPlane(layout, slots);
            case F16 -> new HalfPlane(layout, slots);
            case Q8 -> new BytePlane(layout, slots);
        };
    }

    /// Puts the elements of `from` from `at` on into a row.
    void store(int slot, float[] from, int at);

    /// Writes one head of `count` rows that follow one another to `into` from `at` on.
    void load(int slot, int count, int head, float[] into, int at);

    /// Copies `count` rows that follow one another.
    void copy(int fromSlot, int toSlot, int count);
}
