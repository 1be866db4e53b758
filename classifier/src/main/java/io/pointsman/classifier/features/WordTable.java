package io.pointsman.classifier.features;

import static java.util.stream.Collectors.groupingBy;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// What is known of a fixed set of words, by their hashes. Immutable by contract: nobody writes to
/// the arrays once the table is filled.
///
/// A perfect hash table ("Hash, displace, and compress", Belazzougui et al. 2009): the words of a
/// row are displaced so that each has a cell of its own. So one look tells, and nothing branches on
/// whether a word is known, which the processor could not predict.
///
/// @param multiplier spreads hashes over rows and cells
/// @param displacements per row
/// @param cells a hash and what is known of it, one after the other; 0 where there is none
record WordTable(long multiplier, char[] displacements, long[] cells) {

    private static final int ROW_BITS = 8;
    private static final long FIRST_MULTIPLIER = 0x9e3779b97f4a7c15L;

    /// A table of `words`, by their hashes.
    static WordTable of(Map<Long, Long> words) {
        int cells = 4 * Integer.highestOneBit(words.size());
        for (long multiplier = FIRST_MULTIPLIER; ; multiplier += 2) {
            var table = new WordTable(multiplier, new char[1 << ROW_BITS], new long[2 * cells]);
            if (table.filled(words)) {
                return table;
            }
        }
    }

    /// Finds cells for all words; says whether there were any.
    private boolean filled(Map<Long, Long> words) {
        var largestFirst =
                words.entrySet().stream()
                        .collect(groupingBy(word -> row(word.getKey())))
                        .values()
                        .stream()
                        .sorted(Comparator.comparingInt(row -> -row.size()))
                        .toList();
        for (var row : largestFirst) {
            if (!displaced(row)) {
                return false;
            }
            for (var word : row) {
                int cell = cell(word.getKey());
                cells[cell] = word.getKey();
                cells[cell + 1] = word.getValue();
            }
        }
        return true;
    }

    /// Displaces a row to cells that are free; says whether it can be.
    private boolean displaced(List<Map.Entry<Long, Long>> row) {
        for (int displacement = 0; 2 * displacement < cells.length; displacement++) {
            displacements[row(row.getFirst().getKey())] = (char) displacement;
            long free =
                    row.stream()
                            .map(word -> cell(word.getKey()))
                            .distinct()
                            .filter(cell -> cells[cell] == 0)
                            .count();
            if (free == row.size()) {
                return true;
            }
        }
        return false;
    }

    private int row(long hash) {
        return (int) ((hash * multiplier) >>> (Long.SIZE - ROW_BITS));
    }

    private int cell(long hash) {
        int at = (int) ((hash * multiplier) >>> Integer.SIZE) ^ displacements[row(hash)];
        return (2 * at) & (cells.length - 1);
    }

    /// What is known of the word with this hash; 0 where nothing is.
    long get(long hash) {
        int cell = cell(hash);
        long known = cells[cell + 1];
        return cells[cell] == hash ? known : 0;
    }
}
