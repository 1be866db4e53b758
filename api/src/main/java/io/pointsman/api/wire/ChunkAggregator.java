package io.pointsman.api.wire;

import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.FailureException;
import io.pointsman.api.wire.ChunkFields.Field;
import io.pointsman.api.wire.ChunkFields.Piece;
import io.pointsman.api.wire.RawFields.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Folds the chunks of a streamed answer into the `chat.completion` of a client that does not
/// stream. Confined to one thread.
///
/// Texts are joined, lists of log-probabilities appended, tool calls put together piece by piece;
/// of every other field, known or not, the last value that is not null counts. The noise that hides
/// the length of a single chunk's text is left out. Only what is put together becomes a tree; all
/// else is copied as it came.
public final class ChunkAggregator {

    private static final Set<String> TEXTS =
            Set.of("content", "reasoning_content", "reasoning", "refusal");

    private static final Value COMPLETION = Value.of("\"chat.completion\"");
    private static final Value ASSISTANT = Value.of("\"assistant\"");

    private final RawFields completion = new RawFields();
    private final Map<Integer, Choice> choices = new TreeMap<>();

    /// For chunks of which nothing is known.
    private final ChunkPattern pattern = new ChunkPattern();

    /// The chunk that has all that was said last of the fields before the choices; null where there
    /// is none such.
    private byte @Nullable [] head;

    /// The last chunk that was taken by its fields; null for none.
    private byte @Nullable [] latest;

    /// What the chunks after it are like, and where their texts are gathered.
    private @Nullable ChunkForm form;

    private @Nullable JsonText formText;

    /// Takes the next chunk. What is known of it is not looked for again.
    ///
    /// @throws IllegalArgumentException if `chunk` is not a JSON object
    public void add(Chunk chunk) {
        add(chunk.json(), chunk.content());
    }

    /// The same for a chunk of which nothing is known.
    ///
    /// @throws IllegalArgumentException if `chunk` is not a JSON object
    public void add(byte[] chunk) {
        add(chunk, ChunkContent.UNREAD);
    }

    private void add(byte[] json, ChunkContent content) {
        switch (content) {
            case ChunkText text -> {
                var all = gathered(text.form());
                if (all != null) {
                    text.appendTo(all);
                } else {
                    addAnew(json);
                }
            }
            case ChunkFields fields -> {
                if (fields.goOnFrom(head)) {
                    add(json, fields);
                } else {
                    addAnew(json);
                }
            }
            case ChunkContent.Unread _ -> add(json, read(json, pattern));
        }
    }

    /// Takes a chunk by its bytes alone.
    void addAnew(byte[] json) {
        add(json, read(json, new ChunkPattern()));
    }

    private static ChunkContent read(byte[] json, ChunkPattern pattern) {
        try {
            return ChunkReader.read(json, ReasoningTokens.AUTO, pattern).content();
        } catch (FailureException e) {
            throw new IllegalArgumentException("no chunk", e);
        }
    }

    /// Where the texts of chunks like `next` are gathered; null where the latest chunk is another.
    @SuppressWarnings("ReferenceEquality") // Equal ones of other chunks would do no better.
    private @Nullable JsonText gathered(ChunkForm next) {
        if (next != form && next.like() == latest) {
            var choice = choices.get(next.choice());
            form = next;
            formText = choice == null ? null : choice.texts.get(next.field());
        }
        return next == form ? formText : null;
    }

    private void add(byte[] json, ChunkFields fields) {
        latest = json;
        form = null;
        head = fields.leaveTheirHeadAlone() ? fields.head() : null;
        for (var field : fields.others()) {
            if (!field.name().equals("choices") && !field.name().equals(ChunkPattern.NOISE)) {
                completion.keep(field.name(), field.value());
            }
        }
        for (var piece : fields.pieces()) {
            choices.computeIfAbsent(piece.index(), _ -> new Choice()).add(piece);
        }
    }

    /// The completion so far.
    public byte[] completion() {
        return new RawFields()
                .copy("id", completion)
                .set("object", COMPLETION)
                .copy("created", completion)
                .copy("model", completion)
                .set("choices", this::writeChoices)
                .addAll(completion)
                .toByteArray();
    }

    private void writeChoices(JsonBytes json) {
        json.raw("[");
        var between = "";
        for (var choice : choices.entrySet()) {
            json.raw(between);
            choice.getValue().whole(choice.getKey()).writeTo(json);
            between = ",";
        }
        json.raw("]");
    }

    private static void keep(ObjectNode into, String name, JsonNode value) {
        if (!(value.isNull() && into.has(name))) {
            into.set(name, value);
        }
    }

    private static int index(ObjectNode node, int otherwise) {
        var index = node.path("index");
        return index.isInt() ? index.intValue() : otherwise;
    }

    /// One completion of several.
    private static final class Choice {
        private final RawFields fields = new RawFields();
        private final RawFields message = new RawFields();
        private final Map<String, JsonText> texts = new HashMap<>();
        private final ObjectNode logprobs = JsonTrees.object();
        private final StringBuilder functionArguments = new StringBuilder();
        private final List<ToolCall> toolCalls = new ArrayList<>();
        private @Nullable ObjectNode functionCall;

        void add(Piece piece) {
            for (var field : piece.fields()) {
                if (!field.name().equals("logprobs")) {
                    fields.keep(field.name(), field.value());
                } else if (field.value().isObject()) {
                    addLogprobs(JsonTrees.object(field.value().toByteArray()));
                }
            }
            for (var field : piece.delta()) {
                addDelta(field);
            }
        }

        private void addDelta(Field field) {
            var value = field.value();
            if (TEXTS.contains(field.name())) {
                if (field.text() != null) {
                    texts.computeIfAbsent(field.name(), _ -> new JsonText()).append(field.text());
                }
            } else if (field.name().equals("tool_calls") && value.isArray()) {
                for (var call : JsonTrees.read(value.toByteArray())) {
                    if (call instanceof ObjectNode piece) {
                        toolCall(piece).add(piece);
                    }
                }
            } else if (field.name().equals("function_call") && value.isObject()) {
                addFunctionCall(JsonTrees.object(value.toByteArray()));
            } else {
                message.keep(field.name(), value);
            }
        }

        /// The call that `piece` belongs to. Servers forget the index, or use one twice with
        /// another id.
        private ToolCall toolCall(ObjectNode piece) {
            var id = piece.path("id").isString() ? piece.path("id").stringValue() : "";
            int index = index(piece, -1);
            for (int i = toolCalls.size() - 1; i >= 0; i--) {
                var call = toolCalls.get(i);
                boolean sameId = id.isEmpty() || call.id.isEmpty() || call.id.equals(id);
                boolean samePlace = index < 0 ? i == toolCalls.size() - 1 : call.index == index;
                if ((sameId && samePlace) || (!id.isEmpty() && call.id.equals(id))) {
                    return call;
                }
            }
            var call = new ToolCall(index < 0 ? toolCalls.size() : index, id);
            toolCalls.add(call);
            return call;
        }

        private void addFunctionCall(ObjectNode call) {
            if (functionCall == null) {
                functionCall = JsonTrees.object();
            }
            addFunction(call, functionCall, functionArguments);
        }

        private void addLogprobs(ObjectNode pieces) {
            for (var field : pieces.properties()) {
                if (field.getValue() instanceof ArrayNode more) {
                    if (logprobs.get(field.getKey()) instanceof ArrayNode known) {
                        known.addAll(more);
                    } else {
                        logprobs.set(field.getKey(), more);
                    }
                } else {
                    keep(logprobs, field.getKey(), field.getValue());
                }
            }
        }

        RawFields whole(int index) {
            var choice =
                    new RawFields()
                            .set("index", json -> json.number(index))
                            .set("message", wholeMessage())
                            .set("finish_reason", Value.NULL);
            if (!logprobs.isEmpty()) {
                choice.set("logprobs", Value.of(JsonTrees.bytes(logprobs)));
            }
            choice.setAll(fields);
            return choice;
        }

        private RawFields wholeMessage() {
            var whole = new RawFields().set("role", ASSISTANT);
            for (var name : List.of("content", "reasoning_content", "reasoning", "refusal")) {
                var text = texts.get(name);
                if (text != null && (!text.isEmpty() || (name.equals("content") && !calls()))) {
                    whole.set(name, text);
                } else if (name.equals("content")) {
                    whole.set(name, Value.NULL);
                }
            }
            whole.setAll(message);
            if (functionCall != null) {
                functionCall.put("arguments", functionArguments.toString());
                whole.set("function_call", Value.of(JsonTrees.bytes(functionCall)));
            }
            if (!toolCalls.isEmpty()) {
                var calls = JsonTrees.array();
                toolCalls.forEach(call -> calls.add(call.whole()));
                whole.set("tool_calls", Value.of(JsonTrees.bytes(calls)));
            }
            return whole;
        }

        private boolean calls() {
            return !toolCalls.isEmpty() || functionCall != null || message.has("function_call");
        }
    }

    private static void addFunction(ObjectNode piece, ObjectNode whole, StringBuilder arguments) {
        for (var field : piece.properties()) {
            if (!field.getKey().equals("arguments")) {
                keep(whole, field.getKey(), field.getValue());
            } else if (field.getValue().isString()) {
                arguments.append(field.getValue().stringValue());
            }
        }
    }

    /// One call of a tool in the making.
    private static final class ToolCall {
        private final int index;
        private final ObjectNode fields = JsonTrees.object();
        private final ObjectNode function = JsonTrees.object();
        private final StringBuilder arguments = new StringBuilder();
        private String id;

        ToolCall(int index, String id) {
            this.index = index;
            this.id = id;
        }

        void add(ObjectNode piece) {
            for (var field : piece.properties()) {
                switch (field.getKey()) {
                    case "index" -> {}
                    case "id" -> {
                        if (field.getValue().isString() && id.isEmpty()) {
                            id = field.getValue().stringValue();
                        }
                    }
                    case "function" -> {
                        if (field.getValue() instanceof ObjectNode more) {
                            addFunction(more, function, arguments);
                        }
                    }
                    default -> keep(fields, field.getKey(), field.getValue());
                }
            }
        }

        ObjectNode whole() {
            var call = JsonTrees.object();
            if (!id.isEmpty()) {
                call.put("id", id);
            }
            call.put("type", "function");
            call.setAll(fields);
            if (!function.isEmpty()) {
                function.put("arguments", arguments.toString());
                call.set("function", function);
            }
            return call;
        }
    }
}
