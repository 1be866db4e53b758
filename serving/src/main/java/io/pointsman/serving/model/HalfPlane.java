package io.pointsman.serving.model;

/// Rows of half-precision floats. What is too large for one becomes the largest there is, for one
/// infinite key would make a whole answer meaningless.
final class HalfPlane implements KvPlane {

    private static final float LARGEST = 65_504;

    private final KvLayout layout;
    private final short[] elements;

    HalfPlane(KvLayout layout, int slots) {
        this.layout = layout;
        elements = new short[Math.multiplyExact(slots, layout.width())];
    }

    @Override
    public void store(int slot, float[] from, int at) {
        int offset = slot * layout.width();
        for (int i = 0; i < layout.width(); i++) {
            elements[offset + i] =
                    Float.floatToFloat16(Math.max(-LARGEST, Math.min(LARGEST, from[at + i])));
        }
    }

    @Override
    public void load(int slot, int count, int head, float[] into, int at) {
        int size = layout.headSize();
        for (int row = 0; row < count; row++) {
            int offset = (slot + row) * layout.width() + head * size;
            for (int i = 0; i < size; i++) {
                into[at + row * size + i] = Float.float16ToFloat(elements[offset + i]);
            }
        }
    }

    @Override
    public void copy(int fromSlot, int toSlot, int count) {
        int width = layout.width();
        System.arraycopy(elements, fromSlot * width, elements, toSlot * width, count * width);
    }
}
