package io.pointsman.backends.balance;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.RequestId;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// What is remembered of one pool over all changes of its members: who has read which prompt.
/// Thread-safe.
final class Pool {

    private static final long[] NO_CHAIN = {};
    private static final long[] NOBODY = {};
    private static final int REMEMBERED = 256;

    private final String name;
    private final List<String> backends;
    private volatile @Nullable PrefixIndex prefixes;
    private final AtomicReferenceArray<@Nullable Chain> chains =
            new AtomicReferenceArray<>(REMEMBERED);
    private long slotsTaken;

    /// @param name as the configuration calls it
    /// @param backends the configured backends in it, in the configuration's order
    Pool(String name, List<String> backends) {
        this.name = name;
        this.backends = List.copyOf(backends);
    }

    String name() {
        return name;
    }

    List<String> backends() {
        return backends;
    }

    /// A free slot of the prefix index; [Member#NO_SLOT] where all are taken. Called by one thread
    /// at a time.
    int takeSlot() {
        int slot = Long.numberOfTrailingZeros(~slotsTaken);
        if (slot == PrefixIndex.MOST_REPLICAS) {
            return Member.NO_SLOT;
        }
        slotsTaken |= 1L << slot;
        return slot;
    }

    /// Gives `slot` back. Called by one thread at a time.
    void freeSlot(int slot) {
        if (slot != Member.NO_SLOT) {
            slotsTaken &= ~(1L << slot);
            var index = prefixes;
            if (index != null) {
                index.forget(slot);
            }
        }
    }

    /// Starts to remember who has read what, if that can make a difference.
    void rememberPrefixes(boolean worthIt) {
        if (worthIt && prefixes == null) {
            prefixes = new PrefixIndex();
        }
    }

    boolean remembersPrefixes() {
        return prefixes != null;
    }

    /// The replicas that have read the prompt of `request` up to each of its blocks.
    long[] readers(ChatRequest request) {
        var index = prefixes;
        if (index == null) {
            return NOBODY;
        }
        var chain = chain(request);
        return chain.length == 0 ? NOBODY : index.readers(chain);
    }

    /// Notes that `member` reads the prompt of `request`.
    void reads(Member member, ChatRequest request) {
        var index = prefixes;
        if (index != null && member.slot() != Member.NO_SLOT) {
            index.mark(chain(request), member.slot());
        }
    }

    /// The chain of `request`, which is asked for when it is routed and again when it is sent: the
    /// latest ones are kept, by request, so that a prompt is hashed once.
    @SuppressWarnings("ReferenceEquality") // Clients may send two requests of one id.
    private long[] chain(ChatRequest request) {
        int place = System.identityHashCode(request.id()) & (REMEMBERED - 1);
        var known = chains.get(place);
        if (known != null && known.id == request.id()) {
            return known.hashes;
        }
        var hashes = PrefixIndex.chain(request);
        chains.set(place, new Chain(request.id(), hashes.length == 0 ? NO_CHAIN : hashes));
        return hashes;
    }

    private static final class Chain {
        private final RequestId id;
        private final long[] hashes;

        Chain(RequestId id, long[] hashes) {
            this.id = id;
            this.hashes = hashes;
        }
    }
}
