package io.pointsman.backends.balance;

import io.pointsman.api.ChatRequest;
import java.util.Arrays;

/// Which replicas of a pool have probably read the beginning of a prompt before, and so have it in
/// their prefix caches. Thread-safe; of fixed size.
///
/// The **approximate prefix index** of llm-d and the Gateway API inference extension: a prompt is
/// cut into blocks of [#BLOCK] characters, and each block is hashed together with the hash of what
/// stands before it, so that equal hashes mean equal beginnings. Each replica that is called leaves
/// its mark at every hash of the prompt; the part of a new prompt that it has marked is what its
/// engine is taken to have in its cache. Engines evict on their own, so this is a guess: the index
/// keeps the [#SETS] × [#WAYS] hashes that were used last, about as much as a GPU keeps.
///
/// The chain begins with the tenant's name: whose prompt was read where is nothing that another
/// tenant should be able to find out by the time that an answer takes. Only the first
/// [#MOST_BLOCKS] blocks count, and those that are full.
final class PrefixIndex {

    static final int BLOCK = 512;
    static final int MOST_BLOCKS = 64;
    static final int MOST_REPLICAS = 64;

    private static final int SETS = 4_096;
    private static final int WAYS = 8;
    private static final long PRIME = 0x100000001B3L;
    private static final long BASIS = 0xCBF29CE484222325L;

    private final long[] hashes = new long[SETS * WAYS];
    private final long[] marks = new long[SETS * WAYS];
    private final int[] used = new int[SETS * WAYS];
    private int time;

    /// The hashes of the full blocks that the prompt begins with.
    static long[] chain(ChatRequest request) {
        var chain = new long[MOST_BLOCKS];
        int blocks = 0;
        int length = 0;
        long hash = mix(BASIS, request.tenant().name());
        for (var message : request.messages()) {
            hash = mix(hash, message.role().name());
            var text = message.text();
            for (int i = 0; i < text.length(); i++) {
                hash = (hash ^ text.charAt(i)) * PRIME;
                if (++length == BLOCK) {
                    length = 0;
                    chain[blocks++] = spread(hash);
                    if (blocks == MOST_BLOCKS) {
                        return chain;
                    }
                }
            }
        }
        return Arrays.copyOf(chain, blocks);
    }

    private static long mix(long hash, String text) {
        long mixed = hash;
        for (int i = 0; i < text.length(); i++) {
            mixed = (mixed ^ text.charAt(i)) * PRIME;
        }
        return mixed;
    }

    /// Never 0, which stands for an empty place.
    private static long spread(long hash) {
        long mixed = (hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L;
        mixed ^= mixed >>> 29;
        return mixed == 0 ? 1 : mixed;
    }

    /// For each block of `chain`, the replicas that have read the prompt up to its end, as bits.
    synchronized long[] readers(long[] chain) {
        var readers = new long[chain.length];
        long left = -1;
        for (int i = 0; i < chain.length && left != 0; i++) {
            int place = find(chain[i]);
            left = place < 0 ? 0 : left & marks[place];
            readers[i] = left;
        }
        return readers;
    }

    /// The part of the prompt that the replica of `slot` has read, in [0, 1].
    static double match(long[] readers, int slot) {
        int read = 0;
        while (read < readers.length && (readers[read] >>> slot & 1) != 0) {
            read++;
        }
        return read == 0 ? 0 : (double) read / readers.length;
    }

    /// Notes that the replica of `slot` reads the prompt of `chain`.
    synchronized void mark(long[] chain, int slot) {
        time++;
        for (long hash : chain) {
            int place = find(hash);
            if (place < 0) {
                place = oldest(hash);
                hashes[place] = hash;
                marks[place] = 0;
            }
            marks[place] |= 1L << slot;
            used[place] = time;
        }
    }

    /// Forgets all that the replica of `slot` has read, since it is gone or another takes its slot.
    synchronized void forget(int slot) {
        for (int i = 0; i < marks.length; i++) {
            marks[i] &= ~(1L << slot);
        }
    }

    private int find(long hash) {
        int set = set(hash);
        for (int i = set; i < set + WAYS; i++) {
            if (hashes[i] == hash) {
                return i;
            }
        }
        return -1;
    }

    private int oldest(long hash) {
        int set = set(hash);
        int oldest = set;
        for (int i = set; i < set + WAYS; i++) {
            if (hashes[i] == 0) {
                return i;
            }
            if (used[i] - used[oldest] < 0) {
                oldest = i;
            }
        }
        return oldest;
    }

    private static int set(long hash) {
        return (int) (hash >>> 52) % SETS * WAYS;
    }
}
