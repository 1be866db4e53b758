package io.pointsman.classifier.kinds;

/// FNV-1a over characters, with a finishing mix, stable over runs and machines.
final class Hash {

    static final long START = 0xcbf29ce484222325L;

    private static final long PRIME = 0x100000001b3L;

    private Hash() {}

    static long step(long hash, int character) {
        return (hash ^ character) * PRIME;
    }

    static long mix(long hash, long value) {
        long h = (hash ^ value) * 0xff51afd7ed558ccdL;
        h ^= h >>> 32;
        h *= 0xc4ceb9fe1a85ec53L;
        return h ^ (h >>> 29);
    }
}
