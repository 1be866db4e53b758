package io.pointsman.policies.yaml;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Finds the word that somebody probably meant, by the number of letters to insert, delete, replace
/// or swap with their neighbour (Damerau's distance, optimal string alignment).
final class Nearest {

    private Nearest() {}

    /// The word of `known` nearest to `word`; empty where none is near enough to be a slip.
    static Optional<String> to(String word, Collection<String> known) {
        var slips = Math.max(1, word.length() / 3);
        return known.stream()
                .filter(candidate -> distance(word, candidate) <= slips)
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)));
    }

    static int distance(String left, String right) {
        var a = left.toLowerCase(Locale.ROOT).replace('_', '-');
        var b = right.toLowerCase(Locale.ROOT).replace('_', '-');
        var distances = new int[a.length() + 1][b.length() + 1];
        for (var i = 0; i <= a.length(); i++) {
            for (var j = 0; j <= b.length(); j++) {
                distances[i][j] = i == 0 || j == 0 ? i + j : step(distances, a, b, i, j);
            }
        }
        return distances[a.length()][b.length()];
    }

    private static int step(int[][] distances, String a, String b, int i, int j) {
        var replaced = distances[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        var best = Math.min(replaced, 1 + Math.min(distances[i - 1][j], distances[i][j - 1]));
        var swapped =
                i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, distances[i - 2][j - 2] + 1) : best;
    }
}
