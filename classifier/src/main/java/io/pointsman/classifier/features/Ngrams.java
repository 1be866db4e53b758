package io.pointsman.classifier.features;

import java.util.Arrays;

/// The n-grams of a text's tokens: one, two and three of them in a row, and how a long word begins.
/// Confined to its thread, which has one, and good for one text after the other.
///
/// Tokens are gathered first and hashed all at once, in loops so plain that the compiler lets each
/// instruction work on several. What such a loop reads and writes has one index: else it could not
/// know that no round needs what an earlier one wrote.
final class Ngrams {

    private static final long UNIGRAM = 11;
    private static final long BIGRAM = 12;
    private static final long TRIGRAM = 13;
    private static final long PREFIX = 14;
    private static final long SPREAD = 7;

    private static final int OPENING = 6;
    private static final int PER_TOKEN = 4;
    private static final int FEWEST_TOKENS = 1024;

    private static final ThreadLocal<Ngrams> OWN = ThreadLocal.withInitial(Ngrams::new);

    // Per token: it, the one before, whether it is a word, and the hashes of what ends in it.
    private long[] tokens = new long[0];
    private long[] previous = new long[0];
    private byte[] words = new byte[0];
    private long[] unigrams = new long[0];
    private long[] bigrams = new long[0];
    private long[] trigrams = new long[0];
    private long[] prefixes = new long[0];
    private int count;

    /// Per bucket, 1 where it was met, else 0; all 0 between texts.
    private final byte[] seen = new byte[FeatureSet.BUCKETS];

    private int[] buckets = new int[1];
    private int size;
    private int distinctWords;

    private Ngrams() {}

    /// The thread's own, for at most so many tokens. It is empty: what it held before is gone.
    static Ngrams own(int most) {
        var own = OWN.get();
        if (own.tokens.length < most) {
            own.grow(Math.max(most, FEWEST_TOKENS));
        }
        own.count = 0;
        return own;
    }

    private void grow(int most) {
        tokens = new long[most];
        previous = new long[most];
        words = new byte[most];
        unigrams = new long[most];
        bigrams = new long[most];
        trigrams = new long[most];
        prefixes = new long[most];
        buckets = new int[PER_TOKEN * most + 1];
    }

    /// Adds a word that goes on after a beginning with the hash `stem`.
    void longWord(long token, long stem) {
        add(token, PREFIX ^ stem, 1);
    }

    /// Adds a word that is its own beginning.
    void word(long token) {
        add(token, UNIGRAM ^ token, 1);
    }

    /// Adds what is no word.
    void other(long token) {
        add(token, UNIGRAM ^ token, 0);
    }

    private void add(long token, long prefix, int words) {
        tokens[count] = token;
        prefixes[count] = prefix;
        this.words[count] = (byte) words;
        count++;
    }

    /// Finds the n-grams of the tokens that were added.
    void find() {
        size = 0;
        distinctWords = 0;
        if (count > 0) {
            hash();
            collect();
        }
    }

    private void hash() {
        System.arraycopy(tokens, 0, previous, 1, count - 1);
        System.arraycopy(tokens, 0, unigrams, 0, count);
        System.arraycopy(previous, 0, bigrams, 0, count);
        System.arraycopy(previous, 0, trigrams, 1, count - 1);
        mix(unigrams, UNIGRAM, count);
        mix(bigrams, BIGRAM, count);
        mix(bigrams, tokens, count);
        mix(trigrams, TRIGRAM, count);
        mix(trigrams, previous, count);
        mix(trigrams, tokens, count);
        mix(prefixes, 0, count);
        // What is there already adds nothing.
        bigrams[0] = unigrams[0];
        trigrams[0] = unigrams[0];
        trigrams[Math.min(1, count - 1)] = unigrams[0];
        mix(unigrams, SPREAD, count);
        mix(bigrams, SPREAD, count);
        mix(trigrams, SPREAD, count);
        mix(prefixes, SPREAD, count);
    }

    private static void mix(long[] hashes, long value, int count) {
        for (int i = 0; i < count; i++) {
            hashes[i] = Hash.mix(hashes[i], value);
        }
    }

    private static void mix(long[] hashes, long[] values, int count) {
        for (int i = 0; i < count; i++) {
            hashes[i] = Hash.mix(hashes[i], values[i]);
        }
    }

    private void collect() {
        int size = 0;
        int distinct = 0;
        for (int i = 0; i < count; i++) {
            int before = size;
            size = add(unigrams[i], size);
            distinct += (size - before) & words[i];
            size = add(bigrams[i], size);
            size = add(trigrams[i], size);
            size = add(prefixes[i], size);
        }
        for (int i = 0; i < size; i++) {
            seen[buckets[i]] = 0;
        }
        this.size = size;
        distinctWords = distinct;
    }

    /// Adds the bucket of `hash` to `size` others where it is new; returns how many there are then.
    /// Nothing branches on that, since it is as likely as not.
    private int add(long hash, int size) {
        int bucket = (int) hash & (FeatureSet.BUCKETS - 1);
        int fresh = 1 - seen[bucket];
        seen[bucket] = 1;
        buckets[size] = bucket;
        return size + fresh;
    }

    /// The bucket of a single hash.
    static int bucket(long hash) {
        return (int) Hash.mix(hash, SPREAD) & (FeatureSet.BUCKETS - 1);
    }

    /// How many different words there are.
    int distinctWords() {
        return distinctWords;
    }

    /// The hash of how the text opens.
    long opening() {
        return opening(OPENING);
    }

    /// The same of half as many tokens.
    long shortOpening() {
        return opening(OPENING / 2);
    }

    private long opening(int most) {
        long opening = Hash.START;
        for (int i = 0; i < Math.min(most, count); i++) {
            opening = Hash.mix(opening, tokens[i]);
        }
        return opening;
    }

    /// The distinct buckets, in order of appearance.
    int[] toArray() {
        return Arrays.copyOf(buckets, size);
    }
}
