package io.pointsman.serving.model;

/// Rows of floats, which can be read where they lie.
final class FloatPlane implements KvPlane {

    private final KvLayout layout;
    private final float[] elements;

    FloatPlane(KvLayout layout, int slots) {
        this.layout = layout;
        elements = new float[Math.multiplyExact(slots, layout.width())];
    }

    /// All rows, one behind the other.
    float[] elements() {
        return elements;
    }

    @Override
    public void store(int slot, float[] from, int at) {
        System.arraycopy(from, at, elements, slot * layout.width(), layout.width());
    }

    @Override
    public void load(int slot, int count, int head, float[] into, int at) {
        int size = layout.headSize();
        for (int i = 0; i < count; i++) {
            int offset = (slot + i) * layout.width() + head * size;
            System.arraycopy(elements, offset, into, at + i * size, size);
        }
    }

    @Override
    public void copy(int fromSlot, int toSlot, int count) {
        int width = layout.width();
        System.arraycopy(elements, fromSlot * width, elements, toSlot * width, count * width);
    }
}
