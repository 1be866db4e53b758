package io.pointsman.lab.mini;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Writes the likeliest continuation of many prompts at once, with kept keys and values.
///
/// Prompts of a batch are padded on the left; the mask hides the padding and rotary positions are
/// relative, so it changes nothing. Confined to one thread.
final class GreedyDecoder {
    private static final float HIDDEN = -1e9f;

    private final Transformer model;
    private final int end;
    private final int batch;

    GreedyDecoder(Transformer model, int end, int batch) {
        this.model = model;
        this.end = end;
        this.batch = batch;
    }

    /// The continuations, in the order of the prompts, without the end token.
    List<int[]> continuations(List<int[]> prompts, int limit) {
        var byLength =
                IntStream.range(0, prompts.size())
                        .boxed()
                        .sorted(Comparator.comparingInt(index -> prompts.get(index).length))
                        .toList();
        var written = new ArrayList<int[]>(prompts);
        for (var from = 0; from < byLength.size(); from += batch) {
            var chosen = byLength.subList(from, Math.min(from + batch, byLength.size()));
            var answers = together(chosen.stream().map(prompts::get).toList(), limit);
            for (var index = 0; index < chosen.size(); index++) {
                written.set(chosen.get(index), answers.get(index));
            }
        }
        return written;
    }

    private List<int[]> together(List<int[]> prompts, int limit) {
        var rows = prompts.size();
        var width = prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(1);
        var padding = prompts.stream().mapToInt(prompt -> width - prompt.length).toArray();
        var ids = new long[rows * width];
        Arrays.fill(ids, end);
        for (var row = 0; row < rows; row++) {
            for (var index = 0; index < prompts.get(row).length; index++) {
                ids[row * width + padding[row] + index] = prompts.get(row)[index];
            }
        }
        var written = new int[rows][limit];
        var lengths = new int[rows];
        var open = new boolean[rows];
        Arrays.fill(open, true);
        try (var kept = model.manager().newSubManager()) {
            var cache = new Transformer.Cache();
            var next = pass(kept, ids, rows, width, padding, cache);
            for (var step = 0; step < limit; step++) {
                var going = false;
                for (var row = 0; row < rows; row++) {
                    open[row] &= next[row] != end;
                    if (open[row]) {
                        written[row][lengths[row]++] = (int) next[row];
                        going = true;
                    }
                }
                if (!going || step == limit - 1) {
                    break;
                }
                next = pass(kept, next, rows, 1, padding, cache);
            }
        }
        return IntStream.range(0, rows)
                .mapToObj(row -> Arrays.copyOf(written[row], lengths[row]))
                .toList();
    }

    private long[] pass(
            NDManager kept,
            long[] ids,
            int rows,
            int length,
            int[] padding,
            Transformer.Cache cache) {
        try (var scratch = kept.newSubManager()) {
            var earlier = cache.length();
            var mask = mask(rows, length, earlier, padding);
            var shaped = scratch.create(mask, new Shape(rows, 1, 1, length, earlier + length));
            var hidden = model.hidden(scratch.create(ids), rows, length, shaped, cache);
            cache.keep(kept);
            var last = hidden.reshape(rows, length, -1).get(":,-1");
            return model.logits(last).argMax(-1).toLongArray();
        }
    }

    private static float[] mask(int rows, int length, int earlier, int[] padding) {
        var seen = earlier + length;
        var mask = new float[rows * length * seen];
        for (var row = 0; row < rows; row++) {
            for (var query = 0; query < length; query++) {
                var start = (row * length + query) * seen;
                var hidden = Math.min(padding[row], earlier + query);
                Arrays.fill(mask, start, start + hidden, HIDDEN);
                Arrays.fill(mask, start + earlier + query + 1, start + seen, HIDDEN);
            }
        }
        return mask;
    }
}
