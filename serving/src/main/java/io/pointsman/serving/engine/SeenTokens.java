package io.pointsman.serving.engine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Which tokens a sequence has, each once, and how often its answer has had them: what penalties go
/// by. Confined to its sequence's thread.
final class SeenTokens {

    private final Map<Integer, Integer> index = new HashMap<>();
    private int[] ids = new int[64];
    private int[] counts = new int[64];
    private int size;

    /// Takes in a token of the prompt.
    void addPrompt(int id) {
        indexOf(id);
    }

    /// Takes in a token of the answer.
    void addAnswer(int id) {
        counts[indexOf(id)]++;
    }

    private int indexOf(int id) {
        var known = index.putIfAbsent(id, size);
        if (known != null) {
            return known;
        }
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
            counts = Arrays.copyOf(counts, 2 * size);
        }
        ids[size] = id;
        counts[size] = 0;
        return size++;
    }

    int size() {
        return size;
    }

    /// The tokens, of which the first [#size] count.
    int[] ids() {
        return ids;
    }

    /// How often the answer has had each; 0 for those of the prompt alone.
    int[] counts() {
        return counts;
    }
}
