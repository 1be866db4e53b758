package io.pointsman.classifier.kinds;

import io.pointsman.classifier.features.Hash;
import java.util.Arrays;

/// Finds n-grams, concepts and counts in one text after the other. Confined to its thread, which
/// has one, so that the memory of 30 KB is there already when a text comes: what it tells of a text
/// holds until the thread reads the next.
final class KindScan {

    private static final int COUNT = Concept.COUNT;
    private static final int OPENING = 3 * PlainText.WORD;
    private static final int CLOSING = 4 * PlainText.WORD;

    private static final int[] SIZES = {
        1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 25, 30, 40, 60, 100, 200, 400
    };
    private static final int[] FEW = {1, 2, 3, 4, 6};
    private static final int[] MANY = {1, 3, 10, 30};
    private static final int[] SHORT_SIZES = {4, 8, 12, 16, 24};
    private static final int[] PARTS = {1, 2, 3};
    private static final int SIZE_CLASSES = SHORT_SIZES.length + 1;
    private static final int PART_CLASSES = PARTS.length + 1;
    private static final int ACTS = COUNT + 1;

    private static final int NAMED = 0;
    private static final int ACT_BY_SIZE = NAMED + COUNT;
    private static final int COUNTS = ACT_BY_SIZE + ACTS * SIZE_CLASSES;

    /// The traits from here on tell the order of words.
    static final int ORDER = COUNTS + SIZES.length + 3 * FEW.length + 6 * MANY.length;

    private static final int OPENS = ORDER;
    private static final int CLOSES = OPENS + COUNT;
    private static final int FIRST_BY_SIZE = CLOSES + COUNT;
    private static final int FIRST_BY_PLAN = FIRST_BY_SIZE + ACTS * SIZE_CLASSES * PART_CLASSES;
    private static final int FIRST_BY_THEORY = FIRST_BY_PLAN + ACTS * 8;

    /// How many traits there are.
    static final int TRAITS = FIRST_BY_THEORY + ACTS * 8;

    private static final long THEORY =
            Concept.THEOREM.bit()
                    | Concept.COMPLEXITY.bit()
                    | Concept.GAME.bit()
                    | Concept.LOGIC.bit();

    private static final long UNIGRAM = 11;
    private static final long BIGRAM = 12;
    private static final long OPENING_WORD = 13;
    private static final long OPENING_PAIR = 14;
    private static final long CHARS = 15;

    /// A word, a pair and three n-grams of characters for each character, and what the text opens
    /// with.
    private static final int MOST_NGRAMS = 5 * PlainText.MOST + 2;

    private static final int MOST_TRAITS = 512;

    private static final ThreadLocal<KindScan> OWN = ThreadLocal.withInitial(KindScan::new);

    private final PlainText text = new PlainText();
    private final char[] chars = text.chars();
    private int length;

    // Per position: its character, the hash of so many from there on, and the buckets of three,
    // four and five.
    private final int[] wide = new int[chars.length];
    private final long[] hashes = new long[chars.length];
    private final int[] threes = new int[chars.length];
    private final int[] fours = new int[chars.length];
    private final int[] fives = new int[chars.length];

    private final long[] seen = new long[KindFeatures.BUCKETS / Long.SIZE];

    /// One more than can be found: what was seen before is written, too, and not counted.
    private final int[] ngrams = new int[MOST_NGRAMS + 1];

    private int ngramCount;

    private final int[] traits = new int[MOST_TRAITS];
    private int traitCount;

    private final int[] lastAt = new int[COUNT];
    private long named;
    private long opens;
    private long firstActs;
    private int ands;

    private KindScan() {}

    /// What the first `length` characters of `text` hold.
    static KindScan of(char[] text, int length) {
        var scan = OWN.get();
        scan.read(text, length);
        return scan;
    }

    private void read(char[] source, int sourceLength) {
        Arrays.fill(seen, 0);
        Arrays.fill(lastAt, 0);
        ngramCount = 0;
        traitCount = 0;
        named = 0;
        opens = 0;
        firstActs = 0;
        ands = 0;
        text.read(source, sourceLength);
        length = text.length();
        scan();
        writeTraits();
    }

    KindFeatures features() {
        return new KindFeatures(
                Arrays.copyOf(ngrams, ngramCount), Arrays.copyOf(traits, traitCount));
    }

    /// The buckets of n-grams; only the first [#ngramCount()] count.
    int[] ngrams() {
        return ngrams;
    }

    int ngramCount() {
        return ngramCount;
    }

    /// The traits; only the first [#traitCount()] count.
    int[] traits() {
        return traits;
    }

    int traitCount() {
        return traitCount;
    }

    /// Whether the text names one of `concepts`, a set of bits.
    boolean names(long concepts) {
        return (named & concepts) != 0;
    }

    private void scan() {
        var lexicon = Lexicon.get();
        long previous = 0;
        int words = 0;
        int size = 0;
        int at = 0;
        while (at < length) {
            char c = chars[at];
            if (c == Letters.GAP) {
                at++;
                continue;
            }
            int end = Letters.unspaced(c) && Letters.weight(c) > 0 ? at + 1 : wordEnd(at);
            previous = word(at, end, words, previous);
            words++;
            found(lexicon.at(chars, at, length), size);
            int glued =
                    Letters.prefixed(c)
                            ? Math.min(end - 2, at + 3)
                            : Letters.unspaced(c) ? end - 1 : at;
            for (int i = at + 1; i <= glued; i++) {
                found(lexicon.at(chars, i, length), size);
            }
            int weight = Letters.weight(c);
            size += weight > 0 ? weight : PlainText.WORD;
            at = end;
        }
        characters();
        for (int i = 0; i < COUNT; i++) {
            if (lastAt[i] > 0 && lastAt[i] - 1 >= size - CLOSING) {
                trait(CLOSES + i);
            }
        }
    }

    /// Adds the n-grams that end with a word; returns its hash.
    private long word(int from, int to, int before, long previous) {
        long hash = Hash.START;
        for (int i = from; i < to; i++) {
            hash = Hash.step(hash, chars[i]);
        }
        if (!Letters.learned(chars[from])) {
            return hash;
        }
        add(Hash.mix(UNIGRAM, hash));
        if (before == 0) {
            add(Hash.mix(OPENING_WORD, hash));
            return hash;
        }
        long pair = Hash.mix(Hash.mix(BIGRAM, previous), hash);
        add(pair);
        if (before == 1) {
            add(Hash.mix(OPENING_PAIR, pair));
        }
        return hash;
    }

    private int wordEnd(int from) {
        int at = from + 1;
        while (at < length && chars[at] != Letters.GAP && Letters.weight(chars[at]) == 0) {
            at++;
        }
        return at;
    }

    /// Three, four and five characters from each on, the last two within or at the end of a word.
    /// What there is not is hashed as well and left out by a factor, as the ends of words come at
    /// no rhythm that a processor could learn.
    private void characters() {
        Arrays.fill(chars, length, length + 2, Letters.GAP);
        hashCharacters();
        int count = ngramCount;
        for (int i = 0; i + 3 <= length; i++) {
            if (!Letters.learned(chars[i]) || !Letters.learned(chars[i + 1])) {
                continue;
            }
            int four = chars[i + 2] != Letters.GAP && i + 3 < length ? 1 : 0;
            int five = chars[i + 3] != Letters.GAP && i + 4 < length ? four : 0;
            count = add(threes[i], 1, count);
            count = add(fours[i], four, count);
            count = add(fives[i], five, count);
        }
        ngramCount = count;
    }

    /// Finds the buckets of three, four and five characters from each on. All positions at once in
    /// loops as plain as these, which compilers turn into vector code.
    private void hashCharacters() {
        int count = Math.max(0, length - 2);
        for (int i = 0; i < length + 2; i++) {
            wide[i] = chars[i];
        }
        for (int i = 0; i < count; i++) {
            hashes[i] = Hash.step(Hash.step(Hash.START, wide[i]), wide[i + 1]);
        }
        step(2, count, threes);
        step(3, count, fours);
        step(4, count, fives);
    }

    private void step(int ahead, int count, int[] buckets) {
        for (int i = 0; i < count; i++) {
            hashes[i] = Hash.step(hashes[i], wide[i + ahead]);
        }
        for (int i = 0; i < count; i++) {
            buckets[i] = bucket(Hash.mix(CHARS, hashes[i]));
        }
    }

    private static int bucket(long hash) {
        return (int) hash & (KindFeatures.BUCKETS - 1);
    }

    private void add(long hash) {
        ngramCount = add(bucket(hash), 1, ngramCount);
    }

    /// Notes `bucket` beside the `count` others unless it was seen before or `there` is 0 rather
    /// than 1; how many there are then is returned.
    private int add(int bucket, int there, int count) {
        long word = seen[bucket >> 6];
        int fresh = (int) (~word >>> bucket) & there;
        seen[bucket >> 6] = word | (long) fresh << bucket;
        ngrams[count] = bucket;
        return count + fresh;
    }

    private void found(long concepts, int size) {
        if (concepts == 0) {
            return;
        }
        named |= concepts;
        if (size < OPENING) {
            opens |= concepts;
        }
        if (firstActs == 0) {
            firstActs = concepts & Concept.ACTS;
        }
        ands += (concepts & Concept.AND.bit()) != 0 ? 1 : 0;
        for (long left = concepts; left != 0; left &= left - 1) {
            lastAt[Long.numberOfTrailingZeros(left)] = size + 1;
        }
    }

    private void writeTraits() {
        for (long left = named; left != 0; left &= left - 1) {
            trait(NAMED + Long.numberOfTrailingZeros(left));
        }
        for (long left = opens; left != 0; left &= left - 1) {
            trait(OPENS + Long.numberOfTrailingZeros(left));
        }
        int size = (text.size() + PlainText.WORD / 2) / PlainText.WORD;
        int sizeClass = reached(SHORT_SIZES, size);
        int partClass = reached(PARTS, Math.max(text.commas(), ands));
        int plan = bit(Concept.SYSTEM, 1) | bit(Concept.SCALE, 2) | bit(Concept.WITH, 4);
        int theory =
                bit(Concept.PROOF_METHOD, 1)
                        | ((named & THEORY) != 0 ? 2 : 0)
                        | ((named & (Concept.PROVE.bit() | Concept.DERIVE.bit())) != 0 ? 4 : 0);
        for (long left = orNone(firstActs); left != 0; left &= left - 1) {
            int act = Long.numberOfTrailingZeros(left);
            trait(FIRST_BY_SIZE + (act * SIZE_CLASSES + sizeClass) * PART_CLASSES + partClass);
            trait(FIRST_BY_PLAN + act * 8 + plan);
            trait(FIRST_BY_THEORY + act * 8 + theory);
        }
        for (long left = orNone(named & Concept.ACTS); left != 0; left &= left - 1) {
            trait(ACT_BY_SIZE + Long.numberOfTrailingZeros(left) * SIZE_CLASSES + sizeClass);
        }
        int at = COUNTS;
        at = reach(at, SIZES, size);
        at = reach(at, FEW, text.commas());
        at = reach(at, FEW, ands);
        at = reach(at, FEW, text.sentences() - 1);
        at = reach(at, MANY, text.digits());
        at = reach(at, MANY, text.formulas());
        at = reach(at, MANY, text.code());
        at = reach(at, MANY, text.quotes());
        at = reach(at, MANY, text.lines() - 1);
        reach(at, MANY, Long.bitCount(named));
    }

    private static long orNone(long acts) {
        return acts == 0 ? 1L << COUNT : acts;
    }

    private int bit(Concept concept, int value) {
        return (named & concept.bit()) != 0 ? value : 0;
    }

    private static int reached(int[] cuts, int value) {
        int reached = 0;
        while (reached < cuts.length && value >= cuts[reached]) {
            reached++;
        }
        return reached;
    }

    private int reach(int from, int[] cuts, int value) {
        int reached = reached(cuts, value);
        for (int i = 0; i < reached; i++) {
            trait(from + i);
        }
        return from + cuts.length;
    }

    private void trait(int index) {
        traits[traitCount++] = index;
    }
}
