package io.pointsman.classifier.features;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Message;
import io.pointsman.api.Role;
import java.util.List;

/// What the features are computed from: a request without its wire.
///
/// @param messages oldest first
/// @param tools how many tools are offered
/// @param structured whether the answer must be JSON
public record Conversation(List<Message> messages, int tools, boolean structured) {

    public Conversation {
        messages = List.copyOf(messages);
    }

    /// The conversation of a request.
    public static Conversation of(ChatRequest request) {
        return new Conversation(request.messages(), request.tools(), request.structured());
    }

    /// A conversation of one user message.
    public static Conversation ofPrompt(String prompt) {
        return new Conversation(List.of(Message.of(Role.USER, prompt)), 0, false);
    }
}
