package io.pointsman.classifier.memory;

import io.pointsman.classifier.features.FeatureSet;
import java.util.Arrays;

/// The working memory of a search: four bytes for each slot of the largest index it was used on,
/// and some 200 KB. Confined to one search at a time.
final class SketchSearch {

    /// What part of the query's squared length a sketch shares at least if it is to be considered.
    /// Most sketches that are visited share one or two buckets and would be passed over anyway.
    static final float LEAST_SHARE = 0.04f;

    /// How many of the best by visits are compared exactly beside those that are wanted, as a part
    /// of these: visits are bounded, so that what they add up to may fall short.
    private static final float SPARE = 0.5f;

    private final SketchSpace space;

    /// The squared weights of the query's buckets, 0 for all others.
    private final float[] queried = new float[FeatureSet.BUCKETS];

    /// What each visited slot shares with the query, 0 for all others.
    private float[] shared = new float[0];

    /// The slots that were visited, and those of them that share enough.
    private final int[] visited = new int[SketchIndex.MOST_VISITS];

    private final int[] considered = new int[SketchIndex.MOST_VISITS];
    private int visitedCount;
    private int consideredCount;

    SketchSearch(SketchSpace space) {
        this.space = space;
    }

    Neighbours nearest(SketchIndex index, Sketch query, int most, int visits) {
        float inverseNorm = space.inverseNorm(query);
        if (inverseNorm == 0) {
            return Neighbours.NONE;
        }
        for (char bucket : query.buckets()) {
            queried[bucket] = space.square(bucket);
        }
        var largest =
                index.scanned()
                        ? all(index, most)
                        : visited(index, query, most, visits, inverseNorm);
        for (char bucket : query.buckets()) {
            queried[bucket] = 0;
        }
        return largest.descending(inverseNorm);
    }

    private Largest all(SketchIndex index, int most) {
        var largest = new Largest(most);
        for (int slot = 0; slot < index.slots(); slot++) {
            var sketch = index.peek(slot);
            if (sketch != null) {
                largest.offer(slot, shared(sketch.buckets()) * index.inverseNorm(slot));
            }
        }
        return largest;
    }

    private Largest visited(
            SketchIndex index, Sketch query, int most, int visits, float inverseNorm) {
        if (shared.length < index.slots()) {
            shared = new float[Math.max(index.slots(), shared.length + shared.length / 2)];
        }
        visitedCount = 0;
        consideredCount = 0;
        int left = Math.min(visits, SketchIndex.MOST_VISITS);
        float least = LEAST_SHARE / (inverseNorm * inverseNorm);
        for (long key : shortestFirst(index, query)) {
            left -= visit(index, (char) key, left, least);
        }
        var promising = new Largest(Math.round((1 + SPARE) * most));
        for (int i = 0; i < consideredCount; i++) {
            int slot = considered[i];
            promising.offer(slot, shared[slot] * index.inverseNorm(slot));
        }
        for (int i = 0; i < visitedCount; i++) {
            shared[visited[i]] = 0;
        }
        return compared(index, promising, most);
    }

    private Largest compared(SketchIndex index, Largest promising, int most) {
        // All are fetched before any is compared, so that their cache misses overlap.
        var buckets = new char[promising.size()][];
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = index.at(promising.slot(i)).buckets();
        }
        var largest = new Largest(most);
        for (int i = 0; i < buckets.length; i++) {
            int slot = promising.slot(i);
            largest.offer(slot, shared(buckets[i]) * index.inverseNorm(slot));
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

    /// Visits at most `left` of the sketches that hold `bucket`; how many is told. The counters
    /// grow or not without a branch, which the processor could not predict.
    private int visit(SketchIndex index, char bucket, int left, float least) {
        var list = index.list(bucket);
        float square = queried[bucket];
        if (list == null || square == 0) {
            return 0;
        }
        int visits = Math.min(Math.min(SketchIndex.NEWEST_PER_BUCKET, list.size()), left);
        for (int age = 0; age < visits; age++) {
            int slot = list.newest(age);
            float before = shared[slot];
            float after = before + square;
            shared[slot] = after;
            visited[visitedCount] = slot;
            visitedCount += before == 0 ? 1 : 0;
            considered[consideredCount] = slot;
            consideredCount += before < least && after >= least ? 1 : 0;
        }
        return visits;
    }

    /// The weight that these buckets share with the query's.
    private float shared(char[] buckets) {
        float sum = 0;
        for (char bucket : buckets) {
            sum += queried[bucket];
        }
        return sum;
    }
}
