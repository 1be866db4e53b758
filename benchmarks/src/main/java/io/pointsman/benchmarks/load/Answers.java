package io.pointsman.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// The bytes of an OpenAI-compatible server's answers, encoded once; only the stamps are written
/// into each. Immutable.
final class Answers {

    private static final String CHUNK =
            """
            data: {"id":"chatcmpl-BkQ3rWv8Zt5nXa1LmPd7","object":"chat.completion.chunk","created":1764000000,"model":"rig-1","service_tier":"default","system_fingerprint":"fp_07871e2ad8","choices":[%s]%s}

            """;
    private static final String DELTA =
            "{\"index\":0,\"delta\":%s,\"logprobs\":null,\"finish_reason\":%s}";
    private static final byte[] STREAM_HEAD =
            bytes(
                    String.join(
                            "\r\n",
                            "HTTP/1.1 200 OK",
                            "content-type: text/event-stream; charset=utf-8",
                            "cache-control: no-cache",
                            "x-request-id: rig",
                            "transfer-encoding: chunked",
                            "",
                            ""));
    private static final byte[] UNAVAILABLE =
            bytes(
                    whole(
                            "503 Service Unavailable",
                            "{\"error\":{\"message\":\"The server is overloaded.\","
                                    + "\"type\":\"server_error\",\"param\":null,\"code\":null}}"));
    private static final String ZERO = Stamp.BLANK;
    private static final byte[] FIRST =
            bytes(
                    chunked(
                            CHUNK.formatted(
                                    DELTA.formatted(
                                            "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}",
                                            "null"),
                                    ""),
                            CHUNK.formatted(
                                    DELTA.formatted(
                                            "{\"content\":\"~" + ZERO + "^" + ZERO + " one\"}",
                                            "null"),
                                    "")));
    private static final byte[] TOKEN =
            bytes(
                    chunked(
                            CHUNK.formatted(
                                    DELTA.formatted(
                                            "{\"content\":\" ~" + ZERO + " word\"}", "null"),
                                    "")));
    private static final byte[] DONE = bytes("e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");

    private final byte[] finish;
    private final byte[] usage;
    private final byte[] json;
    private final int tokens;

    /// @param tokens of each answer, one or more
    Answers(int tokens) {
        this.tokens = tokens;
        var counts =
                ("{\"prompt_tokens\":250,\"completion_tokens\":%d,\"total_tokens\":%d,"
                                + "\"prompt_tokens_details\":{\"cached_tokens\":0},"
                                + "\"completion_tokens_details\":{\"reasoning_tokens\":0}}")
                        .formatted(tokens, 250 + tokens);
        finish = bytes(chunked(CHUNK.formatted(DELTA.formatted("{}", "\"stop\""), "")));
        usage = bytes(chunked(CHUNK.formatted("", ",\"usage\":" + counts)));
        json =
                bytes(
                        whole(
                                "200 OK",
                                ("{\"id\":\"chatcmpl-BkQ3rWv8Zt5nXa1LmPd7\",\"object\":\"chat.completion\","
                                                + "\"created\":1764000000,\"model\":\"rig-1\",\"choices\":[{\"index\":0,"
                                                + "\"message\":{\"role\":\"assistant\",\"content\":\"~%s^%s%s\",\"refusal\":null},"
                                                + "\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":%s,"
                                                + "\"system_fingerprint\":\"fp_07871e2ad8\"}")
                                        .formatted(ZERO, ZERO, " word".repeat(tokens), counts)));
    }

    /// A whole answer in JSON.
    ByteBuf json(ByteBufAllocator allocator, long received) {
        var buffer = allocator.directBuffer(json.length);
        stampedFirst(buffer, json, received, System.nanoTime());
        return buffer;
    }

    /// A whole answer as a stream.
    ByteBuf stream(ByteBufAllocator allocator, long received, boolean withUsage) {
        var buffer =
                allocator.directBuffer(2048 + FIRST.length + TOKEN.length * tokens + usage.length);
        buffer.writeBytes(STREAM_HEAD);
        for (int i = 0; i < tokens; i++) {
            token(buffer, i, received);
        }
        end(buffer, withUsage);
        return buffer;
    }

    /// What a stream sends with its token number `i`.
    ByteBuf part(ByteBufAllocator allocator, int i, long received, boolean withUsage) {
        var buffer = allocator.directBuffer(2048);
        if (i == 0) {
            buffer.writeBytes(STREAM_HEAD);
        }
        token(buffer, i, received);
        if (i == tokens - 1) {
            end(buffer, withUsage);
        }
        return buffer;
    }

    private static void token(ByteBuf buffer, int i, long received) {
        long now = System.nanoTime();
        if (i == 0) {
            stampedFirst(buffer, FIRST, received, now);
        } else {
            int start = buffer.writerIndex();
            buffer.writeBytes(TOKEN);
            Stamp.put(buffer, start + TOKEN_STAMP, now);
        }
    }

    private static final int TOKEN_STAMP = indexOf(TOKEN);

    private static void stampedFirst(ByteBuf buffer, byte[] template, long received, long now) {
        int start = buffer.writerIndex();
        buffer.writeBytes(template);
        int stamp = start + indexOf(template);
        Stamp.put(buffer, stamp, now);
        Stamp.put(buffer, stamp + Stamp.DIGITS + 1, received);
    }

    private void end(ByteBuf buffer, boolean withUsage) {
        buffer.writeBytes(finish);
        if (withUsage) {
            buffer.writeBytes(usage);
        }
        buffer.writeBytes(DONE);
    }

    /// An answer that the upstream is overloaded.
    static ByteBuf unavailable(ByteBufAllocator allocator) {
        return allocator.directBuffer(UNAVAILABLE.length).writeBytes(UNAVAILABLE);
    }

    /// A small answer to the rig itself.
    static ByteBuf reply(ByteBufAllocator allocator, String body) {
        var bytes = bytes(whole("200 OK", body));
        return allocator.directBuffer(bytes.length).writeBytes(bytes);
    }

    private static int indexOf(byte[] template) {
        int at = 0;
        while (template[at] != Stamp.WRITTEN) {
            at++;
        }
        return at + 1;
    }

    private static String chunked(String... events) {
        var text = new StringBuilder();
        for (var event : events) {
            text.append(Integer.toHexString(event.length())).append("\r\n");
            text.append(event).append("\r\n");
        }
        return text.toString();
    }

    private static String whole(String status, String body) {
        return "HTTP/1.1 "
                + status
                + "\r\ncontent-type: application/json\r\ncontent-length: "
                + body.length()
                + "\r\n\r\n"
                + body;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
