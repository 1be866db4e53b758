package io.pointsman.gateway.learning;

import io.pointsman.api.RequestId;
import java.util.SplittableRandom;

/// Chance that a request id decides, so that a decision can be repeated.
final class Draw {

    private static final long START = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private Draw() {}

    /// A number in [0, 1), even over ids; another one for another `purpose`.
    static double of(RequestId id, String purpose) {
        var hash = hash(hash(START, purpose), id.value());
        return new SplittableRandom(hash).nextDouble();
    }

    /// FNV-1a.
    private static long hash(long from, String text) {
        var hash = from;
        for (var i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        return hash;
    }
}
