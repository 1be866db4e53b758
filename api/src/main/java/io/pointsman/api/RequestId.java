package io.pointsman.api;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/// Names one request in headers, logs, upstream calls and the ledger.
///
/// @param value 1 to 64 characters of `[A-Za-z0-9._-]`, so that it is safe in headers and logs
public record RequestId(String value) {

    private static final int LONGEST = 64;
    private static final HexFormat HEX = HexFormat.of();

    public RequestId {
        if (!valid(value)) {
            throw new IllegalArgumentException("a request id is 1 to 64 of [A-Za-z0-9._-]");
        }
    }

    /// Whether `value` may serve as an id, for instance one that a client proposes.
    public static boolean valid(String value) {
        if (value.isEmpty() || value.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            if (!safe(value.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean safe(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    /// A fresh id of 96 random bits.
    public static RequestId random() {
        var random = ThreadLocalRandom.current();
        return new RequestId(
                "req-" + HEX.toHexDigits(random.nextLong()) + HEX.toHexDigits(random.nextInt()));
    }

    @Override
    public String toString() {
        return value;
    }
}
