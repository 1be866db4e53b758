package io.pointsman.serving.chat;

import java.util.List;
import java.util.Map;

/// What a chat template is given: values as JSON has them (maps, lists, strings, numbers, truth
/// values and null). Immutable by contract.
///
/// @param messages each with a `role`, and mostly `content`; `tool_calls` and whatever else the
///   client sent
/// @param tools the functions that the model may call, as the client sent them
/// @param variables what else the template may ask for, such as `enable_thinking`
public record Conversation(
        List<Map<String, Object>> messages,
        List<Map<String, Object>> tools,
        Map<String, Object> variables) {

    public Conversation {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        variables = Map.copyOf(variables);
    }

    /// A conversation of text alone.
    public static Conversation of(List<Map<String, Object>> messages) {
        return new Conversation(messages, List.of(), Map.of());
    }
}
