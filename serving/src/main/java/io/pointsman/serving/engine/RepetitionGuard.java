package io.pointsman.serving.engine;

import java.util.Arrays;

/// Notices when a sequence goes round in circles: the same run of up to 64 tokens, several times in
/// a row. Confined to its sequence's thread.
final class RepetitionGuard {

    private static final int LONGEST = 64;

    private final int times;

    /// For each length of a circle, how many of the last tokens are those that length before them.
    private final int[] matches = new int[LONGEST + 1];

    /// @param times how often a circle comes before it is one
    RepetitionGuard(int times) {
        this.times = times;
    }

    /// Looks at the last of `length` tokens. Says whether they end in a circle.
    boolean circling(int[] tokens, int first, int length) {
        boolean circling = false;
        for (int period = 1; period <= LONGEST && period < length - first; period++) {
            if (tokens[length - 1] == tokens[length - 1 - period]) {
                matches[period]++;
                circling |= matches[period] >= period * (times - 1) && matches[period] > 1;
            } else {
                matches[period] = 0;
            }
        }
        return circling;
    }

    /// Begins anew, when a circle was left.
    void reset() {
        Arrays.fill(matches, 0);
    }
}
