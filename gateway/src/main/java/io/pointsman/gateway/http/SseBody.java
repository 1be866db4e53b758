package io.pointsman.gateway.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ChunkWriter;
import io.pointsman.api.wire.SseEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The server-sent events of one answer; confined to one thread. Chunks pass as they are. The usage
/// chunk goes only to a client that asked for one, exactly once and last, and carries the facts
/// that were not yet known when the headers went out; other clients get these in a comment.
final class SseBody implements AnswerBody {

    private static final AsciiString CONTENT_TYPE = AsciiString.cached("Content-Type");
    private static final AsciiString EVENT_STREAM = AsciiString.cached("text/event-stream");
    private static final AsciiString CACHE_CONTROL = AsciiString.cached("Cache-Control");
    private static final AsciiString NO_CACHE = AsciiString.cached("no-cache");
    private static final AsciiString ACCEL_BUFFERING = AsciiString.cached("X-Accel-Buffering");
    private static final AsciiString NO = AsciiString.cached("no");
    private static final byte[] PING = SseEncoder.comment("ping");
    private static final byte[] DONE = SseEncoder.done();

    private final boolean includeUsage;
    private final Function<Boolean, Facts> facts;
    private byte @Nullable [] usageChunk;
    private byte @Nullable [] lastChunk;
    private boolean ended;

    /// @param facts what is known of the request, by whether its answer is complete
    SseBody(boolean includeUsage, Function<Boolean, Facts> facts) {
        this.includeUsage = includeUsage;
        this.facts = facts;
    }

    @Override
    public void add(ChatEvent event, Frames frames) {
        switch (event) {
            case ChatEvent.Chunk(var json, var scanned, _) -> {
                if (scanned.usage().isPresent() && !scanned.choices()) {
                    usageChunk = json;
                } else {
                    lastChunk = json;
                    frames.event(json);
                }
            }
            case ChatEvent.Finished(_, var usage) -> {
                last(usage, frames);
                frames.raw(DONE);
                ended = true;
            }
        }
    }

    @Override
    public boolean start(HttpHeaders headers, int length) {
        headers.set(CONTENT_TYPE, EVENT_STREAM)
                .set(CACHE_CONTROL, NO_CACHE)
                .set(ACCEL_BUFFERING, NO);
        facts.apply(false).write(headers);
        return false;
    }

    @Override
    public byte[] ping() {
        return PING;
    }

    @Override
    public void fail(byte[] error, Frames frames) {
        frames.event(error);
        ended = true;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    private void last(Usage usage, Frames frames) {
        var told = facts.apply(true).json().toString();
        if (!includeUsage || lastChunk == null) {
            frames.raw(SseEncoder.comment("pointsman " + told));
            return;
        }
        var chunk = usageChunk != null ? usageChunk : ChunkWriter.usage(lastChunk, usage).json();
        frames.event(withFacts(chunk, told));
    }

    /// The object `chunk` with `facts` as its last field.
    private static byte[] withFacts(byte[] chunk, String facts) {
        var end = chunk.length - 1;
        while (chunk[end] != '}') {
            end--;
        }
        var field = (",\"pointsman\":" + facts + "}").getBytes(StandardCharsets.UTF_8);
        var longer = Arrays.copyOf(chunk, end + field.length);
        System.arraycopy(field, 0, longer, end, field.length);
        return longer;
    }
}
