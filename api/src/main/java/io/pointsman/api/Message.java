package io.pointsman.api;

/// One message of a conversation, as far as routing looks at it.
///
/// @param role who speaks
/// @param text the text parts, joined by a newline; empty where there is none
/// @param images how many parts are not text (images, audio, files)
/// @param toolCalls how many tools the message calls
public record Message(Role role, String text, int images, int toolCalls) {

    /// A message of text alone.
    public static Message of(Role role, String text) {
        return new Message(role, text, 0, 0);
    }
}
