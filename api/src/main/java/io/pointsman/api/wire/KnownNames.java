package io.pointsman.api.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The names of members that nearly every chunk of an answer has, so that none of them becomes a
/// new string each time.
final class KnownNames {

    static final List<String> NAMES =
            List.of(
                    "id",
                    "object",
                    "created",
                    "model",
                    "service_tier",
                    "system_fingerprint",
                    "choices",
                    "index",
                    "delta",
                    "role",
                    "content",
                    "refusal",
                    "reasoning",
                    "reasoning_content",
                    "tool_calls",
                    "logprobs",
                    "finish_reason",
                    "usage",
                    "prompt_tokens",
                    "completion_tokens",
                    "total_tokens",
                    "prompt_tokens_details",
                    "cached_tokens",
                    "completion_tokens_details",
                    "reasoning_tokens",
                    "obfuscation");

    private static final int SLOTS = 256;
    private static final Name[] TABLE = new Name[SLOTS];

    static {
        for (var text : NAMES) {
            var name = new Name(text, text.getBytes(StandardCharsets.US_ASCII));
            TABLE[slot(name.bytes, 0, name.bytes.length)] = name;
        }
    }

    private KnownNames() {}

    /// The ASCII text in [from, to).
    static String name(byte[] json, int from, int to) {
        @Nullable Name known = from == to ? null : TABLE[slot(json, from, to)];
        return known != null && known.is(json, from, to)
                ? known.text
                : new String(json, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static int slot(byte[] json, int from, int to) {
        return (29 * (29 * (to - from) + json[from]) + json[to - 1]) & (SLOTS - 1);
    }

    private record Name(String text, byte[] bytes) {

        boolean is(byte[] json, int from, int to) {
            return Arrays.equals(json, from, to, bytes, 0, bytes.length);
        }
    }
}
