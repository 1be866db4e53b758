package io.pointsman.classifier.features;

/// FNV-1a over characters, with a finishing mix, stable over runs and machines.
public final class Hash {

    public static final long START = 0xcbf29ce484222325L;

    private static final long PRIME = 0x100000001b3L;

    private Hash() {}

    public static long step(long hash, int character) {
        return (hash ^ character) * PRIME;
    }

    public static long mix(long hash, long value) {
        long h = (hash ^ value) * 0xff51afd7ed558ccdL;
        h ^= h >>> 32;
        h *= 0xc4ceb9fe1a85ec53L;
        return h ^ (h >>> 29);
    }

    static long text(long hash, CharSequence text) {
        long h = hash;
        for (int i = 0; i < text.length(); i++) {
            h = step(h, text.charAt(i));
        }
        return h;
    }
}
