package io.pointsman.gateway.ledger;

import java.util.Comparator;

/// A place in the spool, between two records.
///
/// @param segment the number of the segment
/// @param offset bytes from the segment's beginning
public record SpoolPosition(long segment, long offset) implements Comparable<SpoolPosition> {

    /// Before all records.
    public static final SpoolPosition START = new SpoolPosition(0, 0);

    private static final Comparator<SpoolPosition> ORDER =
            Comparator.comparingLong(SpoolPosition::segment)
                    .thenComparingLong(SpoolPosition::offset);

    @Override
    public int compareTo(SpoolPosition other) {
        return ORDER.compare(this, other);
    }
}
