package io.pointsman.serving.engine;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Finds the full blocks that hold a prompt's beginning, across requests; confined to the engine's
/// thread.
///
/// It is a tree (Zheng et al. 2024, RadixAttention) whose edges are the tokens of one block: a
/// block is found by the node of the block before it and its own tokens, which are compared, so a
/// hash that collides is no hit. At the root a salt takes the place of the block before, so only
/// requests with the same salt share blocks. All nodes are in one hash table. A node's number is
/// never given again: those behind a forgotten node cannot be found any more, and go when their
/// blocks are needed.
final class PrefixCache {

    /// The node before the first block.
    static final long ROOT = 0;

    private final int blockSize;
    private final @Nullable Node[] table;
    private final @Nullable Node[] byBlock;

    /// Chosen anew for each cache, so that nobody can write prompts whose hashes collide.
    private final long multiplier;

    private long lastNode = ROOT;

    PrefixCache(int blocks, int blockSize) {
        this(blocks, blockSize, RandomGenerator.getDefault().nextLong() | 1);
    }

    PrefixCache(int blocks, int blockSize, long multiplier) {
        this.multiplier = multiplier;
        this.blockSize = blockSize;
        table = new Node[Integer.highestOneBit(Math.max(1, blocks)) * 2];
        byBlock = new Node[blocks];
    }

    /// The block that holds `blockSize` of `tokens` from `from`, behind node `parent`, or -1. At
    /// the root, `salt` counts.
    int find(long parent, String salt, int[] tokens, int from) {
        var node = node(parent, salt, tokens, from, hash(parent, salt, tokens, from));
        return node == null ? -1 : node.block;
    }

    /// The node of a block that was found.
    long nodeOf(int block) {
        var node = byBlock[block];
        if (node == null) {
            throw new IllegalStateException("block " + block + " cannot be found");
        }
        return node.number;
    }

    /// Makes `block` findable, unless another block with the same tokens is; returns the node.
    long add(long parent, String salt, int[] tokens, int from, int block) {
        int hash = hash(parent, salt, tokens, from);
        var present = node(parent, salt, tokens, from, hash);
        if (present != null) {
            return present.number;
        }
        forget(block);
        var node =
                new Node(
                        ++lastNode,
                        parent,
                        parent == ROOT ? salt : "",
                        Arrays.copyOfRange(tokens, from, from + blockSize),
                        block,
                        hash);
        int slot = hash & (table.length - 1);
        node.next = table[slot];
        table[slot] = node;
        byBlock[block] = node;
        return node.number;
    }

    /// Whether `block` can be found, or could before a block in front of it was forgotten.
    boolean holds(int block) {
        return byBlock[block] != null;
    }

    /// `block` gets other contents.
    void forget(int block) {
        var node = byBlock[block];
        if (node == null) {
            return;
        }
        byBlock[block] = null;
        int slot = node.hash & (table.length - 1);
        if (table[slot] == node) {
            table[slot] = node.next;
            return;
        }
        for (var before = table[slot]; before != null; before = before.next) {
            if (before.next == node) {
                before.next = node.next;
                return;
            }
        }
        throw new IllegalStateException("a node is lost");
    }

    private @Nullable Node node(long parent, String salt, int[] tokens, int from, int hash) {
        for (var node = table[hash & (table.length - 1)]; node != null; node = node.next) {
            if (node.hash == hash
                    && node.parent == parent
                    && (parent != ROOT || node.salt.equals(salt))
                    && Arrays.equals(node.tokens, 0, blockSize, tokens, from, from + blockSize)) {
                return node;
            }
        }
        return null;
    }

    private int hash(long parent, String salt, int[] tokens, int from) {
        long hash = parent == ROOT ? salt.hashCode() : parent;
        for (int i = from; i < from + blockSize; i++) {
            hash = (hash + tokens[i]) * multiplier;
            hash ^= hash >>> 32;
        }
        return (int) hash;
    }

    /// Fails unless the table holds exactly the nodes of blocks.
    void checkIntegrity() {
        int found = 0;
        for (var first : table) {
            for (var node = first; node != null; node = node.next) {
                found++;
                if (byBlock[node.block] != node) {
                    throw new IllegalStateException("a node has no block");
                }
            }
        }
        if (found != Arrays.stream(byBlock).filter(node -> node != null).count()) {
            throw new IllegalStateException("a block's node is not in the table");
        }
    }

    private static final class Node {
        private final long number;
        private final long parent;
        private final String salt;
        private final int[] tokens;
        private final int block;
        private final int hash;
        private @Nullable Node next;

        Node(long number, long parent, String salt, int[] tokens, int block, int hash) {
            this.number = number;
            this.parent = parent;
            this.salt = salt;
            this.tokens = tokens;
            this.block = block;
            this.hash = hash;
        }
    }
}
