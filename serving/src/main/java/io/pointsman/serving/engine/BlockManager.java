package io.pointsman.serving.engine;

import java.util.Arrays;

/// Gives out the blocks of the KV cache and counts who refers to them (Kwon et al. 2023,
/// PagedAttention); confined to the engine's thread.
///
/// A block that nobody refers to any more is free, yet keeps its contents until it is given out
/// again, so that the [PrefixCache] can still find it. Hence the order of the free list: blocks
/// that cannot be found come first, then the others, the longest unused first.
final class BlockManager {

    private final PrefixCache cache;
    private final int[] references;

    /// The free list, linked both ways; its two ends meet in an entry behind the blocks.
    private final int[] next;

    private final int[] previous;
    private final int end;
    private int freeBlocks;

    BlockManager(int blocks, int blockSize) {
        cache = new PrefixCache(blocks, blockSize);
        references = new int[blocks];
        next = new int[blocks + 1];
        previous = new int[blocks + 1];
        end = blocks;
        next[end] = end;
        previous[end] = end;
        for (int block = 0; block < blocks; block++) {
            link(block, previous[end]);
        }
    }

    /// What is known of the blocks' contents.
    PrefixCache cache() {
        return cache;
    }

    int totalBlocks() {
        return references.length;
    }

    int freeBlocks() {
        return freeBlocks;
    }

    /// How many refer to `block`.
    int references(int block) {
        return references[block];
    }

    /// Whether its one holder may write to `block`.
    boolean writable(int block) {
        return references[block] == 1 && !cache.holds(block);
    }

    /// A block with one reference, whose contents nobody finds any more.
    int allocate() {
        if (freeBlocks == 0) {
            throw new IllegalStateException("no block is free");
        }
        int block = next[end];
        unlink(block);
        cache.forget(block);
        references[block] = 1;
        return block;
    }

    /// One more reference to a block that is in use, or free but found.
    void retain(int block) {
        if (references[block] == 0) {
            if (!cache.holds(block)) {
                throw new IllegalStateException("block " + block + " is free");
            }
            unlink(block);
        }
        references[block]++;
    }

    /// One reference less; the last one frees the block.
    void release(int block) {
        if (references[block] == 0) {
            throw new IllegalStateException("block " + block + " is free");
        }
        if (--references[block] == 0) {
            link(block, cache.holds(block) ? previous[end] : end);
        }
    }

    /// The free blocks in the order in which they will be given out.
    int[] freeOrder() {
        var order = new int[freeBlocks];
        int block = next[end];
        for (int i = 0; i < order.length; i++, block = next[block]) {
            order[i] = block;
        }
        return order;
    }

    private void link(int block, int behind) {
        int before = next[behind];
        next[behind] = block;
        previous[block] = behind;
        next[block] = before;
        previous[before] = block;
        freeBlocks++;
    }

    private void unlink(int block) {
        next[previous[block]] = next[block];
        previous[next[block]] = previous[block];
        freeBlocks--;
    }

    /// Fails unless each block is either free, once, or referred to.
    void checkIntegrity() {
        var free = freeOrder();
        Arrays.sort(free);
        int at = 0;
        for (int block = 0; block < references.length; block++) {
            boolean listed = at < free.length && free[at] == block;
            at += listed ? 1 : 0;
            if (references[block] < 0 || (references[block] == 0) != listed) {
                throw new IllegalStateException(
                        "block %d has %d references and is %s"
                                .formatted(block, references[block], listed ? "free" : "not free"));
            }
        }
        if (at != free.length) {
            throw new IllegalStateException("a block is free twice");
        }
        cache.checkIntegrity();
    }
}
