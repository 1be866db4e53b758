package io.pointsman.benchmarks.load;

import io.netty.buffer.ByteBuf;

/// A time of `System.nanoTime` inside the content of an answer: `~` when the upstream wrote this,
/// `^` when it had the request. Both processes read the machine's one monotonic clock, so the
/// generator knows to the microsecond how long a token was under way.
final class Stamp {

    static final int DIGITS = 16;
    static final byte WRITTEN = '~';
    static final byte RECEIVED = '^';

    /// What stands in a template until it is sent.
    static final String BLANK = "0".repeat(DIGITS);

    private Stamp() {}

    /// Writes `nanos` at `index` of `buffer`.
    static void put(ByteBuf buffer, int index, long nanos) {
        long rest = nanos;
        for (int i = DIGITS - 1; i >= 0; i--) {
            buffer.setByte(index + i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
    }

    /// Who is told of stamps.
    interface Listener {

        /// A stamp of kind [#WRITTEN] or [#RECEIVED].
        void stamp(byte kind, long nanos);
    }

    /// Finds stamps in bytes however they are cut. Confined to its connection's loop.
    static final class Finder {

        private final Listener listener;
        private byte kind;
        private int digits;
        private long value;

        Finder(Listener listener) {
            this.listener = listener;
        }

        /// Forgets half a stamp.
        void reset() {
            kind = 0;
        }

        /// Looks through `[from, to)`.
        void find(byte[] bytes, int from, int to) {
            for (int at = from; at < to; at++) {
                byte b = bytes[at];
                if (kind != 0) {
                    digit(b);
                } else if (b == WRITTEN || b == RECEIVED) {
                    kind = b;
                    digits = 0;
                    value = 0;
                }
            }
        }

        private void digit(byte b) {
            if (b < '0' || b > '9') {
                kind = 0;
                return;
            }
            value = 10 * value + b - '0';
            if (++digits == DIGITS) {
                byte found = kind;
                kind = 0;
                listener.stamp(found, value);
            }
        }
    }
}
