package io.pointsman.api;

import io.pointsman.api.wire.RequestBody;
import java.util.List;

/// A chat completion that a client asks for: the bytes as they came, and the facts that routing
/// needs.
///
/// @param id names the request everywhere
/// @param tenant whose request it is
/// @param model what the client asked for
/// @param messages the conversation, oldest first; never empty
/// @param stream whether the client wants server-sent events
/// @param includeUsage whether a streaming client asked for the usage chunk
/// @param choices how many completions are asked for (`n`)
/// @param tools how many tools the request offers
/// @param structured whether the answer must follow a JSON schema or be JSON
/// @param sampling how to draw the completion
/// @param body the original bytes; fields unknown here survive in them
public record ChatRequest(
        RequestId id,
        Tenant tenant,
        String model,
        List<Message> messages,
        boolean stream,
        boolean includeUsage,
        int choices,
        int tools,
        boolean structured,
        Sampling sampling,
        RequestBody body) {

    public ChatRequest {
        messages = List.copyOf(messages);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("a chat request has at least one message");
        }
    }

    /// Characters of text in all messages.
    public long textLength() {
        long length = 0;
        for (var message : messages) {
            length += message.text().length();
        }
        return length;
    }

    /// A rough count of prompt tokens, before any tokenizer has seen them: four characters a token.
    public int estimatedPromptTokens() {
        return (int) Math.min(Integer.MAX_VALUE, textLength() / 4 + 4L * messages.size());
    }
}
