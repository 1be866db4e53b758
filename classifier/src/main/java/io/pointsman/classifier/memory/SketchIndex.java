package io.pointsman.classifier.memory;

import io.pointsman.classifier.features.FeatureSet;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Finds the sketches most like another by the cosine of their weighted buckets. Safe for use by
/// many threads that search, but not while one adds or removes.
///
/// Up to [#SCANNED] sketches are all compared, and cost little memory. Above, there is an inverted
/// index (Knuth, The Art of Computer Programming 3, 6.5; Zobel and Moffat, "Inverted files for text
/// search engines", 2006): for each bucket the sketches that hold it, in order of their adding. A
/// search visits the lists of the query's buckets, shortest first and each from its newest end, and
/// adds up what each sketch shares; since common buckets have long lists and tell little, at most
/// [#NEWEST_PER_BUCKET] of a list and [#MOST_VISITS] of all are visited. The best found so are then
/// compared exactly. So the time of a search is bounded whatever the index holds; what it may miss
/// are older sketches among very many that share the same common buckets.
public final class SketchIndex {

    /// Up to how many sketches are all compared.
    static final int SCANNED = 512;

    /// How many sketches are visited at most because of one bucket.
    static final int NEWEST_PER_BUCKET = 512;

    /// How many visits one search makes at most.
    static final int MOST_VISITS = 5_120;

    private static final int FIRST_SLOTS = 4;

    private final SketchSpace space;
    private @Nullable Sketch[] sketches = new @Nullable Sketch[FIRST_SLOTS];
    private float[] inverseNorms = new float[FIRST_SLOTS];

    /// The place of each in the order of adding.
    private long[] births = new long[FIRST_SLOTS];

    /// Slots below `used` that hold nothing, the first `vacancies` of them.
    private int[] vacant = new int[0];

    private int vacancies;
    private int used;
    private long added;
    private @Nullable Postings @Nullable [] lists;

    /// An empty index.
    public SketchIndex(SketchSpace space) {
        this.space = space;
    }

    /// How many sketches there are.
    public int size() {
        return used - vacancies;
    }

    /// Adds `sketch`. Told is its slot: a small number that stays until it is removed.
    public int add(Sketch sketch) {
        int slot = vacancies > 0 ? vacant[--vacancies] : fresh();
        sketches[slot] = sketch;
        inverseNorms[slot] = space.inverseNorm(sketch);
        births[slot] = added++;
        var inverted = lists;
        if (inverted != null) {
            post(inverted, slot, sketch);
        } else if (size() > SCANNED) {
            lists = inverted();
        }
        return slot;
    }

    /// Forgets the sketch at `slot`.
    public void remove(int slot) {
        var sketch = at(slot);
        var inverted = lists;
        if (inverted != null) {
            for (char bucket : sketch.buckets()) {
                var list = inverted[bucket];
                if (list != null && list.remove(slot, births)) {
                    inverted[bucket] = null;
                }
            }
        }
        sketches[slot] = null;
        if (vacancies == vacant.length) {
            vacant = Arrays.copyOf(vacant, Math.max(FIRST_SLOTS, 2 * vacancies));
        }
        vacant[vacancies++] = slot;
    }

    /// The sketch at `slot`.
    public Sketch at(int slot) {
        var sketch = slot < used ? sketches[slot] : null;
        if (sketch == null) {
            throw new IllegalArgumentException("nothing is at slot " + slot);
        }
        return sketch;
    }

    /// The sketches most like `query`, at most `most` of them. All share something with it.
    public Neighbours nearest(Sketch query, int most) {
        return nearest(query, most, MOST_VISITS);
    }

    /// The same with at most so many visits.
    Neighbours nearest(Sketch query, int most, int visits) {
        if (size() == 0) {
            return Neighbours.NONE;
        }
        var search = space.borrow();
        try {
            return search.nearest(this, query, most, visits);
        } finally {
            space.giveBack(search);
        }
    }

    private int fresh() {
        if (used == sketches.length) {
            int longer = 2 * used;
            sketches = Arrays.copyOf(sketches, longer);
            inverseNorms = Arrays.copyOf(inverseNorms, longer);
            births = Arrays.copyOf(births, longer);
        }
        return used++;
    }

    private @Nullable Postings[] inverted() {
        var inverted = new @Nullable Postings[FeatureSet.BUCKETS];
        var inOrder = new long[used];
        int count = 0;
        for (int slot = 0; slot < used; slot++) {
            if (sketches[slot] != null) {
                // Slots are few as long as all are compared.
                inOrder[count++] = births[slot] << Short.SIZE | slot;
            }
        }
        Arrays.sort(inOrder, 0, count);
        for (int i = 0; i < count; i++) {
            int slot = (int) (inOrder[i] & Character.MAX_VALUE);
            post(inverted, slot, at(slot));
        }
        return inverted;
    }

    private static void post(@Nullable Postings[] inverted, int slot, Sketch sketch) {
        for (char bucket : sketch.buckets()) {
            var list = inverted[bucket];
            if (list == null) {
                list = new Postings();
                inverted[bucket] = list;
            }
            list.add(slot);
        }
    }

    /// How many slots there are, held or not.
    int slots() {
        return used;
    }

    boolean scanned() {
        return lists == null;
    }

    @Nullable Sketch peek(int slot) {
        return sketches[slot];
    }

    float inverseNorm(int slot) {
        return inverseNorms[slot];
    }

    @Nullable Postings list(int bucket) {
        var inverted = lists;
        return inverted == null ? null : inverted[bucket];
    }
}
