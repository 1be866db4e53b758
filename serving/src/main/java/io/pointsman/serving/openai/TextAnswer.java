package io.pointsman.serving.openai;

import io.pointsman.api.Usage;
import io.pointsman.serving.engine.Token;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A text completion under way: an engine's tokens as pieces of OpenAI's `text_completion`, or all
/// of them as a whole one. Thinking is text like any other here, but without its tags. Confined to
/// the thread that signals the tokens.
public final class TextAnswer {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final String id;
    private final long created;
    private final String model;
    private final Tokenizer tokenizer;
    private final boolean includeUsage;
    private final TreeMap<Integer, ObjectNode> choices = new TreeMap<>();
    private final TreeMap<Integer, StringBuilder> texts = new TreeMap<>();
    private Usage usage = Usage.NONE;
    private int open;

    /// @param created when it began, in seconds since the epoch
    /// @param choices how many choices there will be
    /// @param includeUsage whether the pieces end with the tokens that were taken
    public TextAnswer(
            String id,
            long created,
            String model,
            Tokenizer tokenizer,
            int choices,
            boolean includeUsage) {
        this.id = id;
        this.created = created;
        this.model = model;
        this.tokenizer = tokenizer;
        this.includeUsage = includeUsage;
        open = choices;
    }

    /// What `token` adds, as JSON objects in UTF-8.
    public List<byte[]> pieces(Token token) {
        var pieces = new ArrayList<byte[]>(2);
        var choice = add(token);
        if (choice.get("finish_reason").isString()
                || !token.text().isEmpty()
                || token.logprobs().isPresent()) {
            var piece = head();
            piece.putArray("choices").add(choice);
            pieces.add(MAPPER.writeValueAsBytes(piece));
        }
        if (open == 0 && includeUsage) {
            var piece = head();
            piece.putArray("choices");
            piece.set("usage", usage());
            pieces.add(MAPPER.writeValueAsBytes(piece));
        }
        return pieces;
    }

    private ObjectNode add(Token token) {
        var text = texts.computeIfAbsent(token.choice(), _ -> new StringBuilder());
        var piece = MAPPER.createObjectNode();
        piece.put("index", token.choice());
        piece.put("text", token.text());
        piece.putNull("logprobs");
        piece.putNull("finish_reason");
        token.logprobs()
                .ifPresent(told ->
                        piece.set(
                                "logprobs",
                                Logprobs.text(tokenizer, token.id(), told, text.length())));
        text.append(token.text());
        token.end()
                .ifPresent(end -> {
                    piece.put("finish_reason", end.reason().wireName());
                    usage = end.usage();
                    open--;
                });
        return piece;
    }

    /// Takes `token` in for [#whole].
    public void collect(Token token) {
        var piece = add(token);
        var whole = choices.putIfAbsent(token.choice(), piece);
        if (whole == null) {
            return;
        }
        whole.put("text", String.valueOf(texts.get(token.choice())));
        whole.set("finish_reason", piece.get("finish_reason"));
        if (whole.get("logprobs") instanceof ObjectNode all
                && piece.get("logprobs") instanceof ObjectNode more) {
            for (var field : more.properties()) {
                if (all.get(field.getKey()) instanceof ArrayNode list) {
                    list.addAll((ArrayNode) field.getValue());
                }
            }
        }
    }

    /// The completion that was collected.
    public byte[] whole() {
        var whole = head();
        whole.putArray("choices").addAll(choices.values());
        whole.set("usage", usage());
        return MAPPER.writeValueAsBytes(whole);
    }

    private ObjectNode head() {
        var object = MAPPER.createObjectNode();
        object.put("id", id);
        object.put("object", "text_completion");
        object.put("created", created);
        object.put("model", model);
        return object;
    }

    private ObjectNode usage() {
        var object = MAPPER.createObjectNode();
        object.put("prompt_tokens", usage.promptTokens());
        object.put("completion_tokens", usage.completionTokens());
        object.put("total_tokens", usage.totalTokens());
        object.putObject("prompt_tokens_details").put("cached_tokens", usage.cachedTokens());
        object.putObject("completion_tokens_details")
                .put("reasoning_tokens", usage.reasoningTokens());
        return object;
    }
}
