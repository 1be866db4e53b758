package io.pointsman.api.wire;

import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The one chunk that says all that a whole completion says, for servers that answer a streaming
/// call with one.
public final class CompletionChunk {

    private CompletionChunk() {}

    /// `completion` as a chunk; empty if it is no chat completion.
    public static Optional<byte[]> of(byte[] completion) {
        ObjectNode tree;
        try {
            tree = JsonTrees.object(completion);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
        if (!(tree.get("choices") instanceof ArrayNode choices)) {
            return Optional.empty();
        }
        tree.put("object", "chat.completion.chunk");
        for (var choice : choices) {
            if (choice instanceof ObjectNode object
                    && object.remove("message") instanceof ObjectNode message) {
                if (message.get("tool_calls") instanceof ArrayNode calls) {
                    number(calls);
                }
                object.set("delta", message);
            }
        }
        return Optional.of(JsonTrees.bytes(tree));
    }

    private static void number(ArrayNode calls) {
        for (int i = 0; i < calls.size(); i++) {
            if (calls.get(i) instanceof ObjectNode call) {
                call.put("index", i);
            }
        }
    }
}
