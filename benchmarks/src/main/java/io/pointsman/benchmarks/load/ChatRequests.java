package io.pointsman.benchmarks.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Map;
import java.util.Random;

/// Requests of one shape, each with a prompt of its own, so that no cache answers for the work that
/// is measured. Confined to one loop.
final class ChatRequests {

    private static final String[] WORDS = {
        "the",
        "train",
        "leaves",
        "at",
        "noon",
        "and",
        "we",
        "need",
        "a",
        "short",
        "summary",
        "of",
        "what",
        "changed",
        "in",
        "report",
        "since",
        "last",
        "week",
        "with",
        "numbers",
        "for",
        "each",
        "region",
        "please",
        "explain",
        "why",
        "sales",
        "fell",
        "how",
        "to",
        "fix",
        "this",
        "function",
        "that",
        "returns",
        "wrong",
        "value",
        "when",
        "list",
        "is",
        "empty",
        "prove",
        "sum",
        "odd",
        "integers",
        "write",
        "letter",
        "my",
        "landlord",
        "about",
        "broken",
        "window"
    };
    private static final int DIGITS = 10;

    private final byte[] begin;
    private final int number;
    private final ByteBuf rest;
    private long count;

    /// @param port that the request goes to
    /// @param headers of the gateway's own, such as its key
    /// @param model that is asked for
    /// @param size of the body in bytes
    ChatRequests(int port, Map<String, String> headers, String model, int size, boolean stream) {
        var before =
                "{\"model\":\""
                        + model
                        + "\",\"stream\":"
                        + stream
                        + (stream ? ",\"stream_options\":{\"include_usage\":true}" : "")
                        + ",\"temperature\":0.7,\"messages\":[{\"role\":\"system\",\"content\":"
                        + "\"You are a helpful assistant.\"},{\"role\":\"user\",\"content\":\"Request ";
        var after = "\"}]}";
        int words = size - before.length() - DIGITS - after.length();
        if (words < 1) {
            throw new IllegalArgumentException("a body has at least 300 bytes, not " + size);
        }
        var head = new StringBuilder("POST /v1/chat/completions HTTP/1.1\r\n");
        head.append("host: 127.0.0.1:").append(port).append("\r\n");
        head.append("content-type: application/json\r\naccept: */*\r\nuser-agent: rig/1\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("content-length: ").append(size).append("\r\n\r\n");
        begin = (head + before + "0".repeat(DIGITS)).getBytes(US_ASCII);
        number = begin.length - DIGITS;
        rest = Unpooled.directBuffer().writeBytes((text(words) + after).getBytes(US_ASCII));
    }

    private static String text(int length) {
        var random = new Random(length);
        var text = new StringBuilder();
        while (text.length() < length) {
            text.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
            if (random.nextInt(12) == 0) {
                text.append('.');
            }
        }
        return text.substring(0, length);
    }

    /// The next request's begin, which is its own.
    ByteBuf begin(ByteBufAllocator allocator) {
        var buffer = allocator.directBuffer(begin.length).writeBytes(begin);
        long left = ++count;
        for (int i = DIGITS - 1; left > 0; i--) {
            buffer.setByte(number + i, (byte) ('0' + left % 10));
            left /= 10;
        }
        return buffer;
    }

    /// Gives the memory back once what is being sent is sent.
    void release() {
        rest.release();
    }

    /// What all requests have in common.
    ByteBuf rest() {
        return rest.retainedDuplicate();
    }
}
