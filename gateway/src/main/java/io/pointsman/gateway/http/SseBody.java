package io.pointsman.gateway.http;

import io.pointsman.api.ChatEvent;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ChunkWriter;
import io.pointsman.api.wire.SseEncoder;
import io.pointsman.gateway.accounting.Account;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The server-sent events of one answer; confined to one subscription. Chunks pass as they are. The
/// usage chunk goes only to a client that asked for one, exactly once and last, and carries the
/// facts that were not yet known when the headers went out; other clients get these in a comment.
final class SseBody {

    private final boolean includeUsage;
    private final Account account;
    private byte @Nullable [] usageChunk;
    private byte @Nullable [] lastChunk;

    SseBody(boolean includeUsage, Account account) {
        this.includeUsage = includeUsage;
        this.account = account;
    }

    /// The frames that `event` becomes; none for a usage chunk, which is kept for the end.
    List<byte[]> frames(ChatEvent event) {
        return switch (event) {
            case ChatEvent.Chunk(var json, var facts) -> {
                if (facts.usage().isPresent() && !facts.choices()) {
                    usageChunk = json;
                    yield List.of();
                }
                lastChunk = json;
                yield List.of(SseEncoder.event(json));
            }
            case ChatEvent.Finished(_, var usage) -> List.of(last(usage), SseEncoder.done());
        };
    }

    private byte[] last(Usage usage) {
        var facts = new Facts(account, true).json().toString();
        if (!includeUsage || lastChunk == null) {
            return SseEncoder.comment("pointsman " + facts);
        }
        var chunk = usageChunk != null ? usageChunk : ChunkWriter.usage(lastChunk, usage).json();
        return SseEncoder.event(withFacts(chunk, facts));
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
