package io.pointsman.classifier.memory;

import io.pointsman.classifier.features.FeatureSet;
import java.util.Arrays;
import java.util.List;

/// Tells how near the nearest of a fixed set of sketches is: what a [SketchIndex] of them says when
/// asked for one, and cheaper. Immutable; safe for use by many threads, each with working memory of
/// its own.
///
/// Most visits of a search belong to the few commonest buckets of the query, which weigh least.
/// Once all lists that are left could not together make up for [SketchSearch#LEAST_SHARE], no
/// sketch that is in those lists alone can be told any more, so they are not visited (Turtle and
/// Flood, "Query evaluation: strategies and optimizations", 1995). Instead, of the sketches met so
/// far, the few that could still come first are looked up in them.
public final class KnownPrompts {

    /// The part of the query's squared length below which the lists that are left are not visited:
    /// the smaller, the more visits, and the fewer sketches to look up.
    private static final float LEFT_OUT = SketchSearch.LEAST_SHARE / 2;

    /// So many lists can be left out at most, as many as a `long` has bits.
    private static final int MOST_LEFT_OUT = Long.SIZE;

    /// As many as a `char` can number, which keeps the lists short.
    private static final int MOST_KNOWN = 1 << Character.SIZE;

    /// Makes up for sums of floats that were added in another order.
    private static final double SLACK = 1 + 1e-4;

    private static final ThreadLocal<Search> OWN = ThreadLocal.withInitial(Search::new);

    private final SketchSpace space;
    private final char[][] sketches;
    private final float[] inverseNorms;

    /// Per bucket, how many sketches hold it.
    private final int[] sizes = new int[FeatureSet.BUCKETS];

    /// Per bucket, where its list begins, which ends where the next begins.
    private final int[] lists = new int[FeatureSet.BUCKETS + 1];

    /// The lists: the newest sketches that hold a bucket, newest first.
    private final char[] holders;

    /// Of `known`, the oldest first, with buckets that weigh what `space` says.
    public KnownPrompts(List<Sketch> known, SketchSpace space) {
        if (known.size() > MOST_KNOWN) {
            throw new IllegalArgumentException(
                    "at most %d prompts are known, not %d".formatted(MOST_KNOWN, known.size()));
        }
        this.space = space;
        this.sketches = known.stream().map(Sketch::buckets).toArray(char[][]::new);
        this.inverseNorms = new float[sketches.length];
        for (int slot = 0; slot < sketches.length; slot++) {
            inverseNorms[slot] = space.inverseNorm(known.get(slot));
            for (char bucket : sketches[slot]) {
                sizes[bucket]++;
            }
        }
        for (int bucket = 0; bucket < sizes.length; bucket++) {
            lists[bucket + 1] = lists[bucket] + kept(bucket);
        }
        this.holders = new char[lists[sizes.length]];
        var filled = new int[FeatureSet.BUCKETS];
        for (int slot = sketches.length - 1; slot >= 0; slot--) {
            for (char bucket : sketches[slot]) {
                if (filled[bucket] < kept(bucket)) {
                    holders[lists[bucket] + filled[bucket]++] = (char) slot;
                }
            }
        }
    }

    private int kept(int bucket) {
        return Math.min(sizes[bucket], SketchIndex.NEWEST_PER_BUCKET);
    }

    /// The cosine of `query` with the sketch most like it; 0 where none is like it.
    public float nearest(Sketch query) {
        float inverseNorm = space.inverseNorm(query);
        if (inverseNorm == 0 || sketches.length == 0) {
            return 0;
        }
        float best = OWN.get().nearest(this, query, inverseNorm);
        return Math.min(1, best * inverseNorm);
    }

    /// Whether the sketch most like `query` has a cosine of `similarity` at least: the same as
    /// asking [#nearest], and cheaper, for the first sketch that reaches it ends the search.
    public boolean reaches(Sketch query, double similarity) {
        float inverseNorm = space.inverseNorm(query);
        boolean searched = inverseNorm > 0 && sketches.length > SketchIndex.SCANNED;
        return (searched && OWN.get().meets(this, query, inverseNorm, similarity))
                || nearest(query) >= similarity;
    }

    /// The working memory of searches: some 100 KB with 8,000 sketches. Confined to its thread.
    private static final class Search {

        /// Per bucket, its place among the query's that are held, from 1 on, or 0.
        private final byte[] places = new byte[FeatureSet.BUCKETS];

        // Per place: the size of the list above the bucket, its squared weight, how many visits it
        // gets.
        private final long[] keys = new long[Sketch.LONGEST + 1];
        private final float[] squares = new float[Sketch.LONGEST + 1];
        private final int[] visits = new int[Sketch.LONGEST + 1];
        private int held;

        /// What each visited sketch shares with the query, 0 for all others.
        private float[] shared = new float[0];

        /// Sketches that may be told, and what they share as far as was visited.
        private final int[] hopeful = new int[SketchIndex.MOST_VISITS + 1];

        private final float[] hopes = new float[SketchIndex.MOST_VISITS + 1];

        /// The nearest's shared weight over its own length.
        float nearest(KnownPrompts known, Sketch query, float inverseNorm) {
            place(known, query);
            float best =
                    known.sketches.length <= SketchIndex.SCANNED
                            ? ofAll(known)
                            : ofVisited(known, 1 / (inverseNorm * inverseNorm));
            leave();
            return best;
        }

        /// Whether the visits meet a sketch that surely has a cosine of `similarity`; what they add
        /// up to is no more than what is shared.
        boolean meets(KnownPrompts known, Sketch query, float inverseNorm, double similarity) {
            place(known, query);
            makeRoom(known);
            float least = SketchSearch.LEAST_SHARE / (inverseNorm * inverseNorm);
            float enough = (float) (similarity * SLACK / inverseNorm);
            boolean met = false;
            int place = 0;
            while (!met && place < held) {
                met = met(known, ++place, least, enough);
            }
            forget(known, place);
            leave();
            return met;
        }

        /// Whether the visits of one list bring a sketch to `least` and, over its own length, to
        /// `enough`.
        private boolean met(KnownPrompts known, int place, float least, float enough) {
            float square = squares[place];
            int from = known.lists[(char) keys[place]];
            int to = from + visits[place];
            for (int i = from; i < to; i++) {
                int slot = known.holders[i];
                float share = shared[slot] + square;
                shared[slot] = share;
                if (share >= least && share * known.inverseNorms[slot] >= enough) {
                    return true;
                }
            }
            return false;
        }

        /// Clears what visits up to the place `last` have noted, which is mostly little of all.
        private void forget(KnownPrompts known, int last) {
            for (int place = 1; place <= last; place++) {
                int from = known.lists[(char) keys[place]];
                for (int i = from; i < from + visits[place]; i++) {
                    shared[known.holders[i]] = 0;
                }
            }
        }

        private void makeRoom(KnownPrompts known) {
            if (shared.length < known.sketches.length) {
                shared = new float[known.sketches.length];
            }
        }

        private void leave() {
            for (int place = 1; place <= held; place++) {
                places[(char) keys[place]] = 0;
            }
        }

        /// Gives the query's buckets their places, those with the shortest lists first.
        private void place(KnownPrompts known, Sketch query) {
            held = 0;
            for (char bucket : query.buckets()) {
                int size = known.sizes[bucket];
                keys[held + 1] = (long) size << Character.SIZE | bucket;
                held += size > 0 ? 1 : 0;
            }
            Arrays.sort(keys, 1, held + 1);
            int left = SketchIndex.MOST_VISITS;
            for (int place = 1; place <= held; place++) {
                char bucket = (char) keys[place];
                places[bucket] = (byte) place;
                squares[place] = known.space.square(bucket);
                visits[place] = squares[place] == 0 ? 0 : Math.min(known.kept(bucket), left);
                left -= visits[place];
            }
        }

        private float ofAll(KnownPrompts known) {
            float best = 0;
            for (int slot = 0; slot < known.sketches.length; slot++) {
                best = Math.max(best, shared(known, slot) * known.inverseNorms[slot]);
            }
            return best;
        }

        private float ofVisited(KnownPrompts known, float squaredNorm) {
            makeRoom(known);
            int place = held;
            double leftOut = 0;
            while (place > 0
                    && held - place < MOST_LEFT_OUT
                    && leftOut + squares[place] < LEFT_OUT * squaredNorm) {
                leftOut += squares[place--];
            }
            float least = SketchSearch.LEAST_SHARE * squaredNorm;
            int count = visit(known, place, (float) (least - leftOut * SLACK));
            for (int i = 0; i < count; i++) {
                hopes[i] = shared[hopeful[i]];
            }
            Arrays.fill(shared, 0);
            return best(known, count, place + 1, leftOut * SLACK, least);
        }

        /// Visits the lists up to that of the place `last`, and collects the sketches that share
        /// `least`, which is more than 0; returns how many they are.
        private int visit(KnownPrompts known, int last, float least) {
            int count = 0;
            for (int place = 1; place <= last; place++) {
                float square = squares[place];
                int from = known.lists[(char) keys[place]];
                int to = from + visits[place];
                for (int i = from; i < to; i++) {
                    // The count grows or not without a branch, which the processor could not
                    // predict.
                    int slot = known.holders[i];
                    float before = shared[slot];
                    float after = before + square;
                    shared[slot] = after;
                    hopeful[count] = slot;
                    count += below(before, least) & ~below(after, least);
                }
            }
            return count;
        }

        /// 1 where `share` is below `least`, else 0: the bits of floats from 0 on are in their
        /// order.
        private static int below(float share, float least) {
            return (Float.floatToRawIntBits(share) - Float.floatToRawIntBits(least)) >>> 31;
        }

        /// The best of the two that are most promising by visits. These are bounded, so that what
        /// they add up to may fall short: both are compared exactly.
        private float best(KnownPrompts known, int count, int next, double leftOut, float least) {
            double secondBest = secondBest(known, count, least);
            long first = 0;
            long second = 0;
            for (int i = 0; i < count; i++) {
                int slot = hopeful[i];
                float inverseNorm = known.inverseNorms[slot];
                if ((hopes[i] + leftOut) * inverseNorm * SLACK < secondBest) {
                    continue;
                }
                float share = completed(known, slot, hopes[i], next);
                if (share >= least) {
                    long key =
                            (long) Float.floatToRawIntBits(share * inverseNorm) << Integer.SIZE
                                    | slot;
                    second = Math.max(second, Math.min(first, key));
                    first = Math.max(first, key);
                }
            }
            return Math.max(exact(known, first), exact(known, second));
        }

        /// What the second best has at least.
        private float secondBest(KnownPrompts known, int count, float least) {
            float first = 0;
            float second = 0;
            for (int i = 0; i < count; i++) {
                if (hopes[i] >= least) {
                    float value = hopes[i] * known.inverseNorms[hopeful[i]];
                    second = Math.max(second, Math.min(first, value));
                    first = Math.max(first, value);
                }
            }
            return second;
        }

        /// What visits of the lists from the place `next` on would have made of `share`.
        private float completed(KnownPrompts known, int slot, float share, int next) {
            long there = 0;
            for (char bucket : known.sketches[slot]) {
                int place = places[bucket];
                there |= place >= next ? 1L << (place - next) : 0;
            }
            float sum = share;
            for (long left = there; left != 0; left &= left - 1) {
                int place = next + Long.numberOfTrailingZeros(left);
                int end = known.lists[(char) keys[place]] + visits[place];
                // The newest come first, and have the largest slots.
                if (visits[place] > 0 && slot >= known.holders[end - 1]) {
                    sum += squares[place];
                }
            }
            return sum;
        }

        private float exact(KnownPrompts known, long key) {
            int slot = (int) key;
            return key == 0 ? 0 : shared(known, slot) * known.inverseNorms[slot];
        }

        /// The weight that a sketch shares with the query.
        private float shared(KnownPrompts known, int slot) {
            float sum = 0;
            for (char bucket : known.sketches[slot]) {
                int place = places[bucket];
                sum += place == 0 ? 0 : squares[place];
            }
            return sum;
        }
    }
}
