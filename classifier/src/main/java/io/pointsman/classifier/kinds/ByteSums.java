package io.pointsman.classifier.kinds;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Adds up many rows of signed bytes, column by column, eight columns at a time in the lanes of
/// plain `long`s (Lamport, "Multiple byte processing with full-word instructions", 1975). Confined
/// to one call.
///
/// A byte with its highest bit flipped is itself plus 128, in [0, 255], so that lanes never borrow
/// from each other. The even and the odd bytes of a word go into four lanes of 16 bits each, which
/// have room for the sum of [#MOST] rows; then they are emptied into integers, and the 128s taken
/// off. The sums are exact.
final class ByteSums {

    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int MOST = 257;
    private static final long SIGNS = 0x8080_8080_8080_8080L;
    private static final long EVEN = 0x00FF_00FF_00FF_00FFL;
    private static final int LANE = 0xFFFF;
    private static final int BIAS = 128;

    private final int columns;
    private final int[] sums;
    private final long[] even;
    private final long[] odd;
    private int rows;

    ByteSums(int columns) {
        this.columns = columns;
        even = new long[(columns + Long.BYTES - 1) / Long.BYTES];
        odd = new long[even.length];
        sums = new int[even.length * Long.BYTES];
    }

    /// Adds the row that begins at `from`.
    void add(byte[] table, int from) {
        if (from + sums.length > table.length) {
            addSlowly(table, from);
            return;
        }
        for (int i = 0; i < even.length; i++) {
            long word = (long) WORDS.get(table, from + i * Long.BYTES) ^ SIGNS;
            even[i] += word & EVEN;
            odd[i] += (word >>> Byte.SIZE) & EVEN;
        }
        if (++rows == MOST) {
            empty();
        }
    }

    /// A row so near to the table's end that whole words would reach beyond it.
    private void addSlowly(byte[] table, int from) {
        for (int column = 0; column < columns; column++) {
            sums[column] += table[from + column];
        }
    }

    /// The sum of each column; those after the last mean nothing.
    int[] toArray() {
        empty();
        return sums;
    }

    private void empty() {
        for (int i = 0; i < even.length; i++) {
            for (int lane = 0; lane < Long.BYTES; lane++) {
                long lanes = (lane & 1) == 0 ? even[i] : odd[i];
                int sum = (int) (lanes >>> ((lane >> 1) * Short.SIZE)) & LANE;
                sums[i * Long.BYTES + lane] += sum - BIAS * rows;
            }
            even[i] = 0;
            odd[i] = 0;
        }
        rows = 0;
    }
}
