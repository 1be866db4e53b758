package io.pointsman.classifier.kinds;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Adds up many rows of [#COLUMNS] signed bytes, column by column, eight columns at a time in the
/// lanes of plain `long`s (Lamport, "Multiple byte processing with full-word instructions", 1975).
/// Pure.
///
/// A byte with its highest bit flipped is itself plus 128, in [0, 255], so that lanes never borrow
/// from each other. The even and the odd bytes of a word go into four lanes of 16 bits each, which
/// have room for the sum of [#MOST] rows; then they are emptied into integers, and the 128s taken
/// off. The sums are exact.
final class ByteSums {

    /// How many bytes a row has: two words, whose lanes all fit into registers.
    static final int COLUMNS = 2 * Long.BYTES;

    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int MOST = 257;
    private static final long SIGNS = 0x8080_8080_8080_8080L;
    private static final long EVEN = 0x00FF_00FF_00FF_00FFL;
    private static final int LANE = 0xFFFF;
    private static final int BIAS = 128;

    private ByteSums() {}

    /// The sum of each column over the first `count` of `rows`, which are rows of `table`.
    static int[] of(byte[] table, int[] rows, int count) {
        var sums = new int[COLUMNS];
        for (int from = 0; from < count; from += MOST) {
            add(table, rows, from, Math.min(count, from + MOST), sums);
        }
        return sums;
    }

    private static void add(byte[] table, int[] rows, int from, int to, int[] sums) {
        long firstEven = 0;
        long firstOdd = 0;
        long lastEven = 0;
        long lastOdd = 0;
        for (int i = from; i < to; i++) {
            int at = rows[i] * COLUMNS;
            long first = (long) WORDS.get(table, at) ^ SIGNS;
            long last = (long) WORDS.get(table, at + Long.BYTES) ^ SIGNS;
            firstEven += first & EVEN;
            firstOdd += (first >>> Byte.SIZE) & EVEN;
            lastEven += last & EVEN;
            lastOdd += (last >>> Byte.SIZE) & EVEN;
        }
        int bias = BIAS * (to - from);
        empty(firstEven, 0, bias, sums);
        empty(firstOdd, 1, bias, sums);
        empty(lastEven, Long.BYTES, bias, sums);
        empty(lastOdd, Long.BYTES + 1, bias, sums);
    }

    /// Every other column from `column` on.
    private static void empty(long lanes, int column, int bias, int[] sums) {
        for (int lane = 0; lane < Long.BYTES / 2; lane++) {
            sums[column + 2 * lane] += ((int) (lanes >>> (lane * Short.SIZE)) & LANE) - bias;
        }
    }
}
