package io.pointsman.api;

import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/// Names one request in headers, logs, upstream calls and the ledger.
///
/// @param value 1 to 64 characters of `[A-Za-z0-9._-]`, so that it is safe in headers and logs
public record RequestId(String value) {

    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    public RequestId {
        if (!valid(value)) {
            throw new IllegalArgumentException("a request id is 1 to 64 of [A-Za-z0-9._-]");
        }
    }

    /// Whether `value` may serve as an id, for instance one that a client proposes.
    public static boolean valid(String value) {
        return SAFE.matcher(value).matches();
    }

    /// A fresh id of 96 random bits.
    public static RequestId random() {
        var random = ThreadLocalRandom.current();
        return new RequestId("req-%016x%08x".formatted(random.nextLong(), random.nextInt()));
    }

    @Override
    public String toString() {
        return value;
    }
}
