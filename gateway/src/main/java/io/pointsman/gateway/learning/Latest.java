package io.pointsman.gateway.learning;

import io.pointsman.gateway.accounting.Ticker;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The requests of late, found by a hash: at most so many, each for so long. Thread-safe by its
/// lock, which is held for some ten nanoseconds to add one.
///
/// A ring, so that the oldest goes when there is no room. Each place knows the one before it whose
/// hash falls into the same bucket, and each bucket its newest; what has left the ring ends such a
/// chain, so nothing is ever taken out of one. All but the requests themselves are plain numbers,
/// and neighbours in the ring came one after the other: the garbage collector, which looks at what
/// was written to since it last ran, finds it in one place.
final class Latest {

    private static final long NONE = -1;

    /// Spreads hashes over the buckets, whose index is the product's upper bits: Fibonacci hashing.
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final long kept;
    private final Ticker ticker;
    private final int shift;

    // All below is guarded by this. A number is how many were added before; its place is the number
    // modulo the capacity.
    private final @Nullable Asked[] places;
    private final long[] added;
    private final long[] hashes;
    private final long[] before;
    private final long[] newest;
    private long count;
    private long oldest;

    /// Room for `capacity` requests, each of which is kept for `kept`.
    Latest(int capacity, Duration kept, Ticker ticker) {
        this.kept = kept.toNanos();
        this.ticker = ticker;
        places = new Asked[capacity];
        added = new long[capacity];
        hashes = new long[capacity];
        before = new long[capacity];
        int bits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(capacity - 1));
        shift = Long.SIZE - bits;
        newest = new long[1 << bits];
        Arrays.fill(newest, NONE);
    }

    /// Adds `asked`, which has the hash `hash`.
    synchronized void add(long hash, Asked asked) {
        long now = ticker.nanos();
        forget(now);
        int place = place(count);
        int bucket = bucket(hash);
        places[place] = asked;
        added[place] = now;
        hashes[place] = hash;
        before[place] = newest[bucket];
        newest[bucket] = count++;
    }

    /// The newest one of the hash `hash` that is `wanted`.
    synchronized Optional<Asked> find(long hash, Predicate<Asked> wanted) {
        forget(ticker.nanos());
        for (long at = newest[bucket(hash)]; at >= oldest; at = before[place(at)]) {
            var asked = at(at, hash, wanted);
            if (asked != null) {
                return Optional.of(asked);
            }
        }
        return Optional.empty();
    }

    /// Takes all out that have the hash `hash` and are `wanted`; the newest of them.
    synchronized Optional<Asked> remove(long hash, Predicate<Asked> wanted) {
        forget(ticker.nanos());
        Optional<Asked> found = Optional.empty();
        for (long at = newest[bucket(hash)]; at >= oldest; at = before[place(at)]) {
            var asked = at(at, hash, wanted);
            if (asked != null) {
                places[place(at)] = null;
                found = found.isPresent() ? found : Optional.of(asked);
            }
        }
        return found;
    }

    private @Nullable Asked at(long at, long hash, Predicate<Asked> wanted) {
        int place = place(at);
        var asked = places[place];
        return asked != null && hashes[place] == hash && wanted.test(asked) ? asked : null;
    }

    /// Lets go of what is too old, and of the oldest where there is no room for another.
    private void forget(long now) {
        oldest = Math.max(oldest, count - places.length);
        while (oldest < count && now - added[place(oldest)] >= kept) {
            places[place(oldest++)] = null;
        }
    }

    private int place(long number) {
        return (int) (number % places.length);
    }

    private int bucket(long hash) {
        return (int) ((hash * GOLDEN) >>> shift);
    }
}
