package io.pointsman.classifier.memory;

import io.pointsman.classifier.features.FeatureSet;
import java.util.Arrays;

/// The working memory of a search: four bytes for each slot of the largest index it was used on,
/// and some 40 KB. Confined to one search at a time.
final class SketchSearch {

    /// How many of the best by shared weight are compared exactly for each that is wanted: visits
    /// are bounded, so that what they add up may fall short.
    private static final int COMPARED_PER_WANTED = 2;

    private final SketchSpace space;

    /// The buckets of the query, a bit for each.
    private final long[] queried = new long[FeatureSet.BUCKETS / Long.SIZE];

    /// What each visited slot shares with the query, 0 for all others.
    private float[] shared = new float[0];

    /// The slots that were visited.
    private final int[] visited = new int[SketchIndex.MOST_VISITS];

    private int visitedCount;

    SketchSearch(SketchSpace space) {
        this.space = space;
    }

    Neighbours nearest(SketchIndex index, Sketch query, int most) {
        float inverseNorm = space.inverseNorm(query);
        if (inverseNorm == 0) {
            return Neighbours.NONE;
        }
        mark(query);
        var candidates = index.scanned() ? all(index, most) : visit(index, query, most);
        for (char bucket : query.buckets()) {
            queried[bucket >> 6] = 0;
        }
        return candidates.descending(inverseNorm);
    }

    private void mark(Sketch query) {
        for (char bucket : query.buckets()) {
            queried[bucket >> 6] |= 1L << bucket;
        }
    }

    private Largest all(SketchIndex index, int most) {
        var largest = new Largest(most);
        for (int slot = 0; slot < index.slots(); slot++) {
            largest.offer(slot, compared(index, slot));
        }
        return largest;
    }

    private Largest visit(SketchIndex index, Sketch query, int most) {
        if (shared.length < index.slots()) {
            shared = new float[Math.max(index.slots(), shared.length + shared.length / 2)];
        }
        visitedCount = 0;
        int left = SketchIndex.MOST_VISITS;
        for (long key : shortestFirst(index, query)) {
            left -= visit(index, (char) key, left);
        }
        var promising = new Largest(COMPARED_PER_WANTED * most);
        for (int i = 0; i < visitedCount; i++) {
            int slot = visited[i];
            promising.offer(slot, shared[slot] * index.inverseNorm(slot));
            shared[slot] = 0;
        }
        var largest = new Largest(most);
        for (int i = 0; i < promising.size(); i++) {
            int slot = promising.slot(i);
            largest.offer(slot, compared(index, slot));
        }
        return largest;
    }

    /// The query's buckets that the index holds, below the lengths of their lists.
    private static long[] shortestFirst(SketchIndex index, Sketch query) {
        var keys = new long[query.buckets().length];
        int count = 0;
        for (char bucket : query.buckets()) {
            var list = index.list(bucket);
            if (list != null) {
                keys[count++] = (long) list.size() << Character.SIZE | bucket;
            }
        }
        var found = Arrays.copyOf(keys, count);
        Arrays.sort(found);
        return found;
    }

    private int visit(SketchIndex index, char bucket, int left) {
        var list = index.list(bucket);
        float square = space.square(bucket);
        if (list == null || square == 0) {
            return 0;
        }
        int visits = Math.min(Math.min(SketchIndex.NEWEST_PER_BUCKET, list.size()), left);
        for (int age = 0; age < visits; age++) {
            int slot = list.newest(age);
            if (shared[slot] == 0) {
                visited[visitedCount++] = slot;
            }
            shared[slot] += square;
        }
        return visits;
    }

    /// The cosine of the sketch at `slot` with the query, but for the query's norm.
    private float compared(SketchIndex index, int slot) {
        var sketch = index.peek(slot);
        if (sketch == null) {
            return 0;
        }
        float sum = 0;
        for (char bucket : sketch.buckets()) {
            if ((queried[bucket >> 6] & 1L << bucket) != 0) {
                sum += space.square(bucket);
            }
        }
        return sum * index.inverseNorm(slot);
    }
}
