package io.pointsman.serving.engine;

import java.util.Arrays;

/// Gives out the blocks of the KV cache and counts who refers to them; confined to the engine's
/// thread. The free list is a queue, first freed first given.
final class BlockManager {

    private final int[] references;
    private final int[] free;
    private int head;
    private int freeBlocks;

    BlockManager(int blocks) {
        references = new int[blocks];
        free = new int[blocks];
        Arrays.setAll(free, i -> i);
        freeBlocks = blocks;
    }

    int totalBlocks() {
        return references.length;
    }

    int freeBlocks() {
        return freeBlocks;
    }

    /// A block with one reference.
    int allocate() {
        if (freeBlocks == 0) {
            throw new IllegalStateException("no block is free");
        }
        int block = free[head];
        head = (head + 1) % free.length;
        freeBlocks--;
        references[block] = 1;
        return block;
    }

    /// One more reference to a block in use.
    void retain(int block) {
        checkUsed(block);
        references[block]++;
    }

    /// One reference less; the last one frees the block.
    void release(int block) {
        checkUsed(block);
        if (--references[block] == 0) {
            free[(head + freeBlocks) % free.length] = block;
            freeBlocks++;
        }
    }

    private void checkUsed(int block) {
        if (references[block] == 0) {
            throw new IllegalStateException("block " + block + " is free");
        }
    }

    /// Fails unless each block is either free, once, or referred to.
    void checkIntegrity() {
        var listed = new boolean[references.length];
        for (int i = 0; i < freeBlocks; i++) {
            int block = free[(head + i) % free.length];
            if (listed[block] || references[block] != 0) {
                throw new IllegalStateException("block " + block + " is free twice or in use");
            }
            listed[block] = true;
        }
        for (int block = 0; block < references.length; block++) {
            if (references[block] < 0 || (references[block] == 0) != listed[block]) {
                throw new IllegalStateException("block " + block + " is lost");
            }
        }
    }
}
