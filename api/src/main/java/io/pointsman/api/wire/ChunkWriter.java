package io.pointsman.api.wire;

import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes the chunks of one streamed answer, for servers of our own. Immutable.
public final class ChunkWriter {

    private static final ChunkFacts ROLE = facts(false, false);
    private static final ChunkFacts CONTENT = facts(true, false);
    private static final ChunkFacts REASONING = facts(false, true);

    private static final byte[] NO_LOGPROBS = {};
    private static final List<String> CONTENT_FIELD = List.of("content");

    private final byte[] head;
    private final List<String> reasoningFields;

    /// @param id names the completion
    /// @param created when it began, in seconds since the epoch
    /// @param model the model that answers
    public ChunkWriter(String id, long created, String model) {
        this(id, created, model, List.of("reasoning_content"));
    }

    /// @param id names the completion
    /// @param created when it began, in seconds since the epoch
    /// @param model the model that answers
    /// @param reasoningFields what thinking is called in a delta; it stands in each of them
    public ChunkWriter(String id, long created, String model, List<String> reasoningFields) {
        this.reasoningFields = List.copyOf(reasoningFields);
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

    /// The first chunk of a choice, which only says who speaks.
    public Chunk role(int choice) {
        return chunk(
                choice,
                ascii("{\"role\":\"assistant\",\"content\":\"\"}"),
                NO_LOGPROBS,
                Optional.empty(),
                ROLE);
    }

    /// A piece of the first choice's answer.
    public Chunk content(String text) {
        return text(0, false, text, NO_LOGPROBS);
    }

    /// A piece of the first choice's thinking.
    public Chunk reasoning(String text) {
        return text(0, true, text, NO_LOGPROBS);
    }

    /// A piece of a choice's answer or thinking.
    ///
    /// @param logprobs the JSON object that tells its tokens' log-probabilities; empty for none
    public Chunk text(int choice, boolean reasoning, String text, byte[] logprobs) {
        var delta = new JsonBytes(32 + text.length()).raw("{");
        var names = reasoning ? reasoningFields : CONTENT_FIELD;
        for (int i = 0; i < names.size(); i++) {
            delta.raw(i == 0 ? "" : ",").string(names.get(i)).raw(":").string(text);
        }
        var facts = text.isEmpty() ? ROLE : reasoning ? REASONING : CONTENT;
        return chunk(choice, delta.raw("}").toByteArray(), logprobs, Optional.empty(), facts);
    }

    /// The last chunk of a choice.
    public Chunk finish(int choice, FinishReason reason) {
        return chunk(
                choice,
                ascii("{}"),
                NO_LOGPROBS,
                Optional.of(reason),
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

    private Chunk chunk(
            int choice,
            byte[] delta,
            byte[] logprobs,
            Optional<FinishReason> reason,
            ChunkFacts facts) {
        var json = start(96 + delta.length + logprobs.length);
        json.raw("[{\"index\":").number(choice).raw(",\"delta\":").raw(delta);
        if (logprobs.length > 0) {
            json.raw(",\"logprobs\":").raw(logprobs);
        }
        json.raw(",\"finish_reason\":");
        reason.ifPresentOrElse(name -> json.string(name.wireName()), () -> json.raw("null"));
        return new Chunk(json.raw("}]}").toByteArray(), facts);
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

    private static byte[] ascii(String json) {
        return json.getBytes(StandardCharsets.US_ASCII);
    }

    private static ChunkFacts facts(boolean content, boolean reasoning) {
        return new ChunkFacts(content, reasoning, false, true, Optional.empty(), Optional.empty());
    }

    private static ChunkFacts usageFacts(Usage usage) {
        return new ChunkFacts(false, false, false, false, Optional.empty(), Optional.of(usage));
    }
}
