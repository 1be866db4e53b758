package io.pointsman.api.wire;

import java.nio.charset.StandardCharsets;

/// Frames server-sent events.
public final class SseEncoder {

    private static final byte[] PREFIX = ascii("data: ");
    private static final byte[] DONE = ascii("data: [DONE]\n\n");

    private SseEncoder() {}

    /// An event of one `data` line. Newlines in `json`, which can only stand between its tokens,
    /// become blanks.
    public static byte[] event(byte[] json) {
        int length = PREFIX.length + json.length;
        var frame = new byte[length + 2];
        System.arraycopy(PREFIX, 0, frame, 0, PREFIX.length);
        for (int i = 0; i < json.length; i++) {
            byte b = json[i];
            frame[PREFIX.length + i] = b == '\n' || b == '\r' ? (byte) ' ' : b;
        }
        frame[length] = '\n';
        frame[length + 1] = '\n';
        return frame;
    }

    /// Whether `json` can be a `data` line as it is.
    public static boolean oneLine(byte[] json) {
        return SseDecoder.lineEnd(json, 0, json.length) == json.length;
    }

    /// The frame that ends a clean stream.
    public static byte[] done() {
        return DONE.clone();
    }

    /// Whether an event's payload is the end of the stream rather than JSON.
    public static boolean isDone(byte[] payload) {
        return payload.length <= 16
                && new String(payload, StandardCharsets.US_ASCII).strip().equals("[DONE]");
    }

    /// A frame that readers ignore: keeps connections alive, or tells people something.
    public static byte[] comment(String text) {
        return (": " + text.replace('\n', ' ').replace('\r', ' ') + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
