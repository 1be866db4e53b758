package io.pointsman.classifier.features;

import io.pointsman.api.Role;
import java.util.Optional;

/// Computes the features of a conversation, in one pass over a bounded amount of the user's text.
/// Pure; safe for use by many threads.
public final class FeatureExtractor {

    private FeatureExtractor() {}

    /// The features of what the user said last; empty where the user said nothing.
    public static Optional<Features> extract(Conversation conversation) {
        return UserText.of(conversation).map(text -> features(text, conversation));
    }

    /// The features of `text`, which is what the user said last in `conversation`.
    public static Features features(UserText text, Conversation conversation) {
        var scan = new TextScan(text);
        var values = scan.run();
        set(values, Structure.CHARS, (double) text.originalLength());
        set(values, Structure.LOG_LINES, text.logLines());
        set(values, Structure.MESSAGES, conversation.messages().size());
        set(values, Structure.TOOLS, conversation.tools());
        set(values, Structure.STRUCTURED, conversation.structured() ? 1 : 0);
        aroundTheTurn(values, conversation);
        return scan.features();
    }

    private static void aroundTheTurn(float[] values, Conversation conversation) {
        var messages = conversation.messages();
        int oldest = Math.max(0, messages.size() - UserText.MESSAGES);
        for (int i = messages.size() - 1; i >= oldest; i--) {
            var message = messages.get(i);
            if (message.role() == Role.USER) {
                values[Structure.USER_TURNS.index()]++;
                if (values[Structure.USER_TURNS.index()] == 1) {
                    set(values, Structure.IMAGES, message.images());
                }
            } else if (message.role() == Role.TOOL || message.role() == Role.FUNCTION) {
                values[Structure.TOOL_RESULTS.index()]++;
            }
        }
        var first = messages.getFirst();
        if (first.role() == Role.SYSTEM || first.role() == Role.DEVELOPER) {
            set(values, Structure.SYSTEM_CHARS, first.text().length());
        }
    }

    private static void set(float[] values, Structure feature, double value) {
        values[feature.index()] = (float) value;
    }
}
