package io.pointsman.lab.mini;

import java.util.Arrays;

/// Packed rows of examples: each token with its example's number in the row, the token that should
/// follow, and how much that counts.
///
/// @param length the tokens of a row
/// @param ids the tokens, row after row
/// @param segments the number of the example in its row, from 1; 0 is padding
/// @param positions where a token counts, as indices into `ids`
/// @param targets the token that should follow each of those positions
/// @param weights how much each of them counts
record Batch(
        int length, int[] ids, int[] segments, int[] positions, int[] targets, float[] weights) {

    int rows() {
        return ids.length / length;
    }

    /// The mask that is added to attention scores: a token sees its own example up to itself.
    float[] mask() {
        var mask = new float[rows() * length * length];
        Arrays.fill(mask, -1e9f);
        for (var row = 0; row < rows(); row++) {
            for (var query = 0; query < length; query++) {
                var from = row * length;
                for (var key = query; key >= 0; key--) {
                    if (segments[from + key] != segments[from + query]) {
                        break;
                    }
                    mask[(from + query) * length + key] = 0;
                }
            }
        }
        return mask;
    }
}
