package io.pointsman.backends;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.RequestId;
import io.pointsman.api.Tenant;
import io.pointsman.api.wire.ChatRequestReader;

/// Requests for tests.
public final class ChatRequests {

    private ChatRequests() {}

    /// A user says `text`.
    public static ChatRequest saying(String text) {
        return with(text, "");
    }

    /// A user says `text`, and the body has `fields` too.
    public static ChatRequest with(String text, String fields) {
        return ChatRequestReader.read(
                """
                {"model":"auto","messages":[{"role":"user","content":"%s"}]%s}\
                """
                        .formatted(text, fields)
                        .getBytes(UTF_8),
                new RequestId("req-test"),
                Tenant.ANONYMOUS);
    }
}
