package io.pointsman.serving.model;

/// Rows of signed bytes. Each head is cut into groups of [KvLayout#GROUP], and each group has a
/// scale in half precision, which is its largest element by 127; so no element is off by more than
/// half a scale.
final class BytePlane implements KvPlane {

    private static final float LARGEST_SCALE = 65_504;

    private final KvLayout layout;
    private final int scalesPerRow;
    private final byte[] elements;
    private final short[] scales;

    BytePlane(KvLayout layout, int slots) {
        this.layout = layout;
        scalesPerRow = layout.kvHeads() * layout.headGroups();
        elements = new byte[Math.multiplyExact(slots, layout.width())];
        scales = new short[Math.multiplyExact(slots, scalesPerRow)];
    }

    @Override
    public void store(int slot, float[] from, int at) {
        int size = layout.headSize();
        int scale = slot * scalesPerRow;
        for (int head = 0; head < layout.kvHeads(); head++) {
            for (int start = 0; start < size; start += KvLayout.GROUP) {
                int offset = head * size + start;
                int count = Math.min(KvLayout.GROUP, size - start);
                scales[scale++] = pack(from, at + offset, slot * layout.width() + offset, count);
            }
        }
    }

    /// Packs a group and returns its scale.
    private short pack(float[] from, int at, int offset, int count) {
        float largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, Math.abs(from[at + i]));
        }
        short packed = Float.floatToFloat16(Math.min(LARGEST_SCALE, largest / 127));
        float scale = Float.float16ToFloat(packed);
        for (int i = 0; i < count; i++) {
            int rounded = scale == 0 ? 0 : Math.round(from[at + i] / scale);
            elements[offset + i] = (byte) Math.clamp(rounded, -127, 127);
        }
        return packed;
    }

    @Override
    public void load(int slot, int count, int head, float[] into, int at) {
        int size = layout.headSize();
        for (int row = 0; row < count; row++) {
            int offset = (slot + row) * layout.width() + head * size;
            int scale = (slot + row) * scalesPerRow + head * layout.headGroups();
            for (int start = 0; start < size; start += KvLayout.GROUP) {
                int end = Math.min(size, start + KvLayout.GROUP);
                float factor = Float.float16ToFloat(scales[scale++]);
                for (int i = start; i < end; i++) {
                    into[at + row * size + i] = factor * elements[offset + i];
                }
            }
        }
    }

    @Override
    public void copy(int fromSlot, int toSlot, int count) {
        int width = layout.width();
        System.arraycopy(elements, fromSlot * width, elements, toSlot * width, count * width);
        System.arraycopy(
                scales,
                fromSlot * scalesPerRow,
                scales,
                toSlot * scalesPerRow,
                count * scalesPerRow);
    }
}
