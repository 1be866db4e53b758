package io.pointsman.api.wire;

import io.pointsman.api.ChatEvent.Chunk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Folds the chunks of a streamed answer into the `chat.completion` of a client that does not
/// stream. Confined to one thread.
///
/// Texts are joined, lists of log-probabilities appended, tool calls put together piece by piece;
/// of every other field, known or not, the last value that is not null counts. The noise that hides
/// the length of a single chunk's text is left out.
public final class ChunkAggregator {

    private static final Set<String> TEXTS =
            Set.of("content", "reasoning_content", "reasoning", "refusal");

    private final ObjectNode completion = JsonTrees.object();
    private final Map<Integer, Choice> choices = new TreeMap<>();

    private final ChunkPattern pattern = new ChunkPattern();

    /// Where the texts of chunks that match are gathered.
    private StringBuilder patternText = new StringBuilder();

    /// Takes the next chunk. Where it differs from the one before in its text alone, that is all
    /// that is looked at.
    ///
    /// @throws IllegalArgumentException if `chunk` is not a JSON object
    public void add(Chunk chunk) {
        if (pattern.matches(chunk.json())) {
            patternText.append(pattern.text(), 0, pattern.length());
            return;
        }
        add(chunk.json());
        pattern.learn(chunk);
        var choice = choices.get(pattern.choice());
        var text = choice == null ? null : choice.texts.get(pattern.field());
        if (text == null) {
            pattern.forget();
        } else {
            patternText = text;
        }
    }

    /// The same for a chunk of which nothing is known.
    ///
    /// @throws IllegalArgumentException if `chunk` is not a JSON object
    public void add(byte[] chunk) {
        pattern.forget();
        for (var field : JsonTrees.object(chunk).properties()) {
            if (!field.getKey().equals("choices")) {
                if (!field.getKey().equals(ChunkPattern.NOISE)) {
                    keep(completion, field.getKey(), field.getValue());
                }
            } else if (field.getValue() instanceof ArrayNode parts) {
                for (var part : parts) {
                    if (part instanceof ObjectNode choice) {
                        choices.computeIfAbsent(index(choice, 0), _ -> new Choice()).add(choice);
                    }
                }
            }
        }
    }

    /// The completion so far.
    public byte[] completion() {
        var whole = JsonTrees.object();
        keep(whole, "id", completion.path("id"));
        whole.put("object", "chat.completion");
        keep(whole, "created", completion.path("created"));
        keep(whole, "model", completion.path("model"));
        var list = whole.putArray("choices");
        choices.forEach((index, choice) -> list.add(choice.whole(index)));
        for (var field : completion.properties()) {
            if (!whole.has(field.getKey())) {
                whole.set(field.getKey(), field.getValue());
            }
        }
        return JsonTrees.bytes(whole);
    }

    private static void keep(ObjectNode into, String name, JsonNode value) {
        if (!value.isMissingNode() && !(value.isNull() && into.has(name))) {
            into.set(name, value);
        }
    }

    private static int index(ObjectNode node, int otherwise) {
        var index = node.path("index");
        return index.isInt() ? index.intValue() : otherwise;
    }

    /// One completion of several.
    private static final class Choice {
        private final ObjectNode fields = JsonTrees.object();
        private final ObjectNode message = JsonTrees.object();
        private final Map<String, StringBuilder> texts = new HashMap<>();
        private final ObjectNode logprobs = JsonTrees.object();
        private final StringBuilder functionArguments = new StringBuilder();
        private final List<ToolCall> toolCalls = new ArrayList<>();

        void add(ObjectNode choice) {
            for (var field : choice.properties()) {
                switch (field.getKey()) {
                    case "index" -> {}
                    case "delta" -> {
                        if (field.getValue() instanceof ObjectNode delta) {
                            addDelta(delta);
                        }
                    }
                    case "logprobs" -> {
                        if (field.getValue() instanceof ObjectNode object) {
                            addLogprobs(object);
                        }
                    }
                    default -> keep(fields, field.getKey(), field.getValue());
                }
            }
        }

        private void addDelta(ObjectNode delta) {
            for (var field : delta.properties()) {
                var name = field.getKey();
                var value = field.getValue();
                if (TEXTS.contains(name)) {
                    if (value.isString()) {
                        texts.computeIfAbsent(name, _ -> new StringBuilder())
                                .append(value.stringValue());
                    }
                } else if (name.equals("tool_calls") && value instanceof ArrayNode calls) {
                    for (var call : calls) {
                        if (call instanceof ObjectNode piece) {
                            toolCall(piece).add(piece);
                        }
                    }
                } else if (name.equals("function_call") && value instanceof ObjectNode call) {
                    addFunctionCall(call);
                } else {
                    keep(message, name, value);
                }
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
            var whole =
                    message.get("function_call") instanceof ObjectNode known
                            ? known
                            : message.putObject("function_call");
            addFunction(call, whole, functionArguments);
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

        ObjectNode whole(int index) {
            var choice = JsonTrees.object();
            choice.put("index", index);
            choice.set("message", wholeMessage());
            choice.putNull("finish_reason");
            if (!logprobs.isEmpty()) {
                choice.set("logprobs", logprobs);
            }
            choice.setAll(fields);
            return choice;
        }

        private ObjectNode wholeMessage() {
            var whole = JsonTrees.object();
            whole.put("role", "assistant");
            for (var name : List.of("content", "reasoning_content", "reasoning", "refusal")) {
                var text = texts.get(name);
                if (text != null && !text.isEmpty()) {
                    whole.put(name, text.toString());
                } else if (name.equals("content")) {
                    whole.putNull(name);
                }
            }
            if (whole.path("content").isNull() && !calls() && texts.containsKey("content")) {
                whole.put("content", "");
            }
            whole.setAll(message);
            if (whole.get("function_call") instanceof ObjectNode call) {
                call.put("arguments", functionArguments.toString());
            }
            if (!toolCalls.isEmpty()) {
                var calls = whole.putArray("tool_calls");
                toolCalls.forEach(call -> calls.add(call.whole()));
            }
            return whole;
        }

        private boolean calls() {
            return !toolCalls.isEmpty() || message.has("function_call");
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
