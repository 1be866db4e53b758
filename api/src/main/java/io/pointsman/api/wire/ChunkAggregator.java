package io.pointsman.api.wire;

import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.wire.RawFields.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
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

    private final ChunkPattern pattern = new ChunkPattern();
    private final ChunkHead head = pattern.head();

    /// Where the texts of chunks that match are gathered; null where there are none such.
    private @Nullable JsonText patternText;

    /// Takes the next chunk. Where it differs from the one before in its text alone, that is all
    /// that is looked at.
    ///
    /// @throws IllegalArgumentException if `chunk` is not a JSON object
    public void add(Chunk chunk) {
        if (patternText != null && pattern.matches(chunk.json())) {
            pattern.appendTo(patternText);
            return;
        }
        add(chunk.json());
        pattern.learn(chunk);
        var choice = choices.get(pattern.choice());
        patternText = choice == null ? null : choice.texts.get(pattern.field());
    }

    /// The same for a chunk of which nothing is known.
    ///
    /// @throws IllegalArgumentException if `chunk` is not a JSON object
    public void add(byte[] chunk) {
        pattern.forget();
        int known = head.known(chunk);
        var rest = fields(chunk, known);
        if (!rest.leaveTheirHeadAlone()) {
            head.forget();
        } else if (known == 0) {
            head.learn(chunk, rest.choicesFrom);
        }
        for (var field : rest.others) {
            if (!field.name.equals("choices") && !field.name.equals(ChunkPattern.NOISE)) {
                completion.keep(field.name, field.value);
            }
        }
        for (var piece : rest.pieces) {
            choices.computeIfAbsent(piece.index, _ -> new Choice()).add(piece);
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

    /// What `chunk` says behind the first `known` bytes.
    private static Fields fields(byte[] chunk, int known) {
        try {
            return JsonInput.read(chunk, known, tokens -> new Fields(chunk, tokens));
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not valid JSON", e);
        }
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

    /// A field of a chunk.
    ///
    /// @param text its value, where that is a string that is to be joined
    private record Field(String name, Value value, @Nullable String text) {

        static Field of(String name, JsonTokens tokens, byte[] json) {
            int from = tokens.start();
            return new Field(name, new Value(json, from, tokens.end()), null);
        }

        static Field text(String name, JsonTokens tokens, byte[] json) {
            var text = tokens.string();
            return new Field(name, of(name, tokens, json).value, text);
        }

        /// Adds this to `fields`, in place of one of its name.
        void addTo(List<Field> fields) {
            fields.removeIf(field -> field.name.equals(name));
            fields.add(this);
        }
    }

    /// The fields of a chunk.
    private static final class Fields {
        private final byte[] json;
        private final List<Field> others = new ArrayList<>();
        private final List<Piece> pieces = new ArrayList<>(1);

        /// Where the name of the choices is, and how many other fields are before it.
        private int choicesFrom = -1;

        private int before;

        Fields(byte[] json, JsonTokens tokens) {
            this.json = json;
            if (tokens.next() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("not a JSON object");
            }
            for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
                read(name, tokens);
            }
        }

        private void read(String name, JsonTokens tokens) {
            int from = tokens.start();
            if (tokens.next() == JsonToken.START_ARRAY && name.equals("choices")) {
                choicesFrom = from;
                before = others.size();
                readChoices(tokens);
            } else {
                others.add(Field.of(name, tokens, json));
            }
        }

        private void readChoices(JsonTokens tokens) {
            // Of a field that is given twice, the last one counts.
            pieces.clear();
            while (tokens.next() != JsonToken.END_ARRAY) {
                if (tokens.current() == JsonToken.START_OBJECT) {
                    pieces.add(Piece.read(tokens, json));
                } else {
                    tokens.skipChildren();
                }
            }
        }

        /// Whether nothing behind the choices says something else of a field before them, which
        /// then are the same in the next chunk.
        boolean leaveTheirHeadAlone() {
            for (int i = 0; i < others.size(); i++) {
                boolean noise = others.get(i).name.equals(ChunkPattern.NOISE);
                boolean leaves = i < before ? !noise : noise || others.get(i).name.equals("usage");
                if (!leaves) {
                    return false;
                }
            }
            return choicesFrom >= 0;
        }
    }

    /// What a chunk says of one choice.
    private static final class Piece {
        private int index;
        private final List<Field> fields = new ArrayList<>(4);
        private final List<Field> delta = new ArrayList<>(4);

        static Piece read(JsonTokens tokens, byte[] json) {
            var piece = new Piece();
            for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
                var value = tokens.next();
                switch (name) {
                    case "index" -> piece.readIndex(tokens);
                    case "delta" -> piece.readDelta(value, tokens, json);
                    default -> Field.of(name, tokens, json).addTo(piece.fields);
                }
            }
            return piece;
        }

        private void readIndex(JsonTokens tokens) {
            index = tokens.isInt() ? (int) tokens.integer() : 0;
            tokens.skipChildren();
        }

        private void readDelta(JsonToken value, JsonTokens tokens, byte[] json) {
            delta.clear();
            if (value != JsonToken.START_OBJECT) {
                tokens.skipChildren();
                return;
            }
            for (var name = tokens.nextName(); name != null; name = tokens.nextName()) {
                boolean text = tokens.next() == JsonToken.VALUE_STRING && TEXTS.contains(name);
                (text ? Field.text(name, tokens, json) : Field.of(name, tokens, json)).addTo(delta);
            }
        }
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
            for (var field : piece.fields) {
                if (!field.name.equals("logprobs")) {
                    fields.keep(field.name, field.value);
                } else if (field.value.isObject()) {
                    addLogprobs(JsonTrees.object(field.value.toByteArray()));
                }
            }
            for (var field : piece.delta) {
                addDelta(field);
            }
        }

        private void addDelta(Field field) {
            var value = field.value;
            if (TEXTS.contains(field.name)) {
                if (field.text != null) {
                    texts.computeIfAbsent(field.name, _ -> new JsonText()).append(field.text);
                }
            } else if (field.name.equals("tool_calls") && value.isArray()) {
                for (var call : JsonTrees.read(value.toByteArray())) {
                    if (call instanceof ObjectNode piece) {
                        toolCall(piece).add(piece);
                    }
                }
            } else if (field.name.equals("function_call") && value.isObject()) {
                addFunctionCall(JsonTrees.object(value.toByteArray()));
            } else {
                message.keep(field.name, value);
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
