package io.pointsman.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads HTTP/1.1 messages from bytes however they are cut, without copying bodies. Confined to its
/// connection's loop.
///
/// It trusts both ends, which are the rig's own or a gateway under measurement, and knows no more
/// of HTTP than they use; what it saves is what makes one core enough for generator and upstream.
final class HttpReader {

    /// What a message consists of, in order.
    interface Listener {

        /// The first line and the headers, in the first `length` of `bytes`, which are reused.
        void head(byte[] bytes, int length);

        /// A part of the body, which is reused after the call.
        void body(byte[] bytes, int from, int to);

        /// The message is complete.
        void end();
    }

    private enum State {
        HEAD,
        LENGTH,
        SIZE,
        DATA,
        DATA_END,
        TRAILER,
        UNTIL_CLOSE
    }

    private static final int MAX_HEAD = 1 << 16;

    private final Listener listener;
    private final boolean responses;
    private State state = State.HEAD;
    private byte[] head = new byte[1024];
    private int headLength;
    private long left;
    private boolean lineEmpty;
    private boolean inExtension;

    /// @param responses whether a message without a length lasts until the connection closes
    HttpReader(Listener listener, boolean responses) {
        this.listener = listener;
        this.responses = responses;
    }

    /// Reads the bytes in `[from, to)`, which may hold less or more than a message.
    void read(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            at =
                    switch (state) {
                        case HEAD -> head(bytes, at, to);
                        case LENGTH -> data(bytes, at, to, State.HEAD);
                        case DATA -> data(bytes, at, to, State.DATA_END);
                        case SIZE -> size(bytes, at, to);
                        case DATA_END -> dataEnd(bytes, at);
                        case TRAILER -> trailer(bytes, at);
                        case UNTIL_CLOSE -> {
                            listener.body(bytes, at, to);
                            yield to;
                        }
                    };
        }
    }

    /// The connection is closed. Whether that ended a message properly.
    boolean closed() {
        if (state == State.UNTIL_CLOSE) {
            end();
            return true;
        }
        return false;
    }

    private int head(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            if (headLength == head.length) {
                if (headLength == MAX_HEAD) {
                    throw new IllegalStateException("a head of more than " + MAX_HEAD + " bytes");
                }
                head = Arrays.copyOf(head, 2 * headLength);
            }
            head[headLength++] = bytes[at];
            if (bytes[at] == '\n'
                    && headLength >= 4
                    && head[headLength - 2] == '\r'
                    && head[headLength - 3] == '\n') {
                headComplete();
                return at + 1;
            }
        }
        return to;
    }

    private void headComplete() {
        long length = contentLength(head, headLength);
        boolean chunked = has(head, headLength, "transfer-encoding: chunked");
        int was = headLength;
        headLength = 0;
        left = 0;
        listener.head(head, was);
        if (chunked) {
            state = State.SIZE;
        } else if (length > 0) {
            left = length;
            state = State.LENGTH;
        } else if (length == 0 || !responses) {
            end();
        } else {
            state = State.UNTIL_CLOSE;
        }
    }

    private int data(byte[] bytes, int from, int to, State next) {
        int end = (int) Math.min(to, from + left);
        left -= end - from;
        listener.body(bytes, from, end);
        if (left == 0) {
            if (next == State.HEAD) {
                end();
            } else {
                state = next;
            }
        }
        return end;
    }

    private int size(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            byte b = bytes[at];
            if (b == '\n') {
                inExtension = false;
                lineEmpty = true;
                state = left == 0 ? State.TRAILER : State.DATA;
                return at + 1;
            }
            int digit = Character.digit(b, 16);
            if (digit >= 0 && !inExtension) {
                left = 16 * left + digit;
            } else {
                inExtension = true;
            }
        }
        return to;
    }

    private int dataEnd(byte[] bytes, int at) {
        if (bytes[at] == '\n') {
            state = State.SIZE;
        }
        return at + 1;
    }

    private int trailer(byte[] bytes, int at) {
        if (bytes[at] == '\n') {
            if (lineEmpty) {
                end();
            }
            lineEmpty = true;
        } else if (bytes[at] != '\r') {
            lineEmpty = false;
        }
        return at + 1;
    }

    private void end() {
        state = State.HEAD;
        left = 0;
        listener.end();
    }

    /// The three digits of a response's first line.
    static int status(byte[] head) {
        return 100 * (head[9] - '0') + 10 * (head[10] - '0') + head[11] - '0';
    }

    /// The content length that a head states; -1 if none.
    static long contentLength(byte[] head, int length) {
        int at = value(head, length, "content-length:");
        if (at < 0) {
            return -1;
        }
        while (head[at] == ' ') {
            at++;
        }
        long value = 0;
        for (; head[at] >= '0' && head[at] <= '9'; at++) {
            value = 10 * value + head[at] - '0';
        }
        return value;
    }

    /// Whether one of a head's lines begins with `line`, which is in lower case.
    static boolean has(byte[] head, int length, String line) {
        return value(head, length, line) >= 0;
    }

    /// Where a line that begins with `name` goes on after it; -1 if there is none.
    private static int value(byte[] head, int length, String name) {
        for (int at = 0; at + name.length() < length; at++) {
            if (head[at] == '\n' && begins(head, at + 1, length, name)) {
                return at + 1 + name.length();
            }
        }
        return -1;
    }

    private static boolean begins(byte[] head, int from, int length, String name) {
        if (from + name.length() > length) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (Character.toLowerCase(head[from + i]) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// A head as text, for messages.
    static String text(byte[] head, int length) {
        return new String(head, 0, length, StandardCharsets.US_ASCII);
    }
}
