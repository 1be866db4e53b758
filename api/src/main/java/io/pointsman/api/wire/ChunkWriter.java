package io.pointsman.api.wire;

import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import java.util.Map;
import java.util.Optional;

/// Writes the chunks of one streamed answer of a single choice, for servers of our own. Immutable.
public final class ChunkWriter {

    private static final ChunkFacts ROLE = facts(false, false);
    private static final ChunkFacts CONTENT = facts(true, false);
    private static final ChunkFacts REASONING = facts(false, true);

    private final byte[] head;

    /// @param id names the completion
    /// @param created when it began, in seconds since the epoch
    /// @param model the model that answers
    public ChunkWriter(String id, long created, String model) {
        head =
                new JsonBytes(160)
                        .raw("{\"id\":")
                        .string(id)
                        .raw(",\"object\":\"chat.completion.chunk\",\"created\":")
                        .number(created)
                        .raw(",\"model\":")
                        .string(model)
                        .raw(",\"choices\":")
                        .toByteArray();
    }

    /// The first chunk, which only says who speaks.
    public Chunk role() {
        return chunk("\"role\":\"assistant\",\"content\":", "", ROLE);
    }

    /// A piece of the answer.
    public Chunk content(String text) {
        return chunk("\"content\":", text, CONTENT);
    }

    /// A piece of thinking.
    public Chunk reasoning(String text) {
        return chunk("\"reasoning_content\":", text, REASONING);
    }

    /// The last chunk of the answer.
    public Chunk finish(FinishReason reason) {
        var json = start(64).raw("[{\"index\":0,\"delta\":{},\"finish_reason\":");
        return new Chunk(
                json.string(reason.wireName()).raw("}]}").toByteArray(),
                new ChunkFacts(false, false, false, true, Optional.of(reason), Optional.empty()));
    }

    /// The chunk without choices that ends a stream whose reader asked for usage.
    public Chunk usage(Usage usage) {
        var json = start(256).raw("[],\"usage\":").raw(json(usage)).raw("}");
        return new Chunk(json.toByteArray(), usageFacts(usage));
    }

    /// The chunk without choices that tells `usage`, with all other fields as in `like`, a chunk of
    /// the same answer.
    public static Chunk usage(byte[] like, Usage usage) {
        return new Chunk(
                JsonFields.with(
                        like, Map.of("choices", new byte[] {'[', ']'}, "usage", json(usage))),
                usageFacts(usage));
    }

    private Chunk chunk(String field, String text, ChunkFacts facts) {
        var json = start(96 + text.length()).raw("[{\"index\":0,\"delta\":{").raw(field);
        return new Chunk(json.string(text).raw("},\"finish_reason\":null}]}").toByteArray(), facts);
    }

    private JsonBytes start(int more) {
        return new JsonBytes(head.length + more).raw(head);
    }

    private static byte[] json(Usage usage) {
        return new JsonBytes(256)
                .raw("{\"prompt_tokens\":")
                .number(usage.promptTokens())
                .raw(",\"completion_tokens\":")
                .number(usage.completionTokens())
                .raw(",\"total_tokens\":")
                .number(usage.totalTokens())
                .raw(",\"prompt_tokens_details\":{\"cached_tokens\":")
                .number(usage.cachedTokens())
                .raw("},\"completion_tokens_details\":{\"reasoning_tokens\":")
                .number(usage.reasoningTokens())
                .raw("}}")
                .toByteArray();
    }

    private static ChunkFacts facts(boolean content, boolean reasoning) {
        return new ChunkFacts(content, reasoning, false, true, Optional.empty(), Optional.empty());
    }

    private static ChunkFacts usageFacts(Usage usage) {
        return new ChunkFacts(false, false, false, false, Optional.empty(), Optional.of(usage));
    }
}
