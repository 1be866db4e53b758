package io.pointsman.api.wire;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Replacements of spans of one array of bytes, applied together; what lies between the spans stays
/// byte for byte. Confined to one thread.
final class Splices {

    private static final byte[] NOTHING = {};

    private final List<Splice> splices = new ArrayList<>();

    /// Replaces the bytes in [from, to); an insertion where both are equal. Spans do not overlap.
    void replace(int from, int to, byte[] replacement) {
        splices.add(new Splice(from, to, replacement));
    }

    void insert(int at, byte[] inserted) {
        replace(at, at, inserted);
    }

    void cut(int from, int to) {
        replace(from, to, NOTHING);
    }

    boolean isEmpty() {
        return splices.isEmpty();
    }

    /// `original` with every replacement made; `original` itself where there is none.
    byte[] apply(byte[] original) {
        if (splices.isEmpty()) {
            return original;
        }
        splices.sort(Comparator.comparingInt(Splice::from));
        int length = original.length;
        for (var splice : splices) {
            length += splice.replacement().length - (splice.to() - splice.from());
        }
        var result = new JsonBytes(length);
        int done = 0;
        for (var splice : splices) {
            result.raw(original, done, splice.from()).raw(splice.replacement());
            done = splice.to();
        }
        return result.raw(original, done, original.length).toByteArray();
    }

    private record Splice(int from, int to, byte[] replacement) {}
}
