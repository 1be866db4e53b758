package io.pointsman.classifier.evaluation;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Message;
import io.pointsman.api.RequestId;
import io.pointsman.api.Role;
import io.pointsman.api.Sampling;
import io.pointsman.api.Tenant;
import io.pointsman.api.wire.RequestBody;
import java.util.List;

/// A prompt of a file as the request that a client would have sent.
public final class PromptRequest {

    private static final RequestId ID = new RequestId("evaluation");
    private static final RequestBody BODY = RequestBody.of(new byte[0]);

    private PromptRequest() {}

    /// A request of one user message, by nobody in particular.
    public static ChatRequest of(String prompt) {
        return new ChatRequest(
                ID,
                Tenant.ANONYMOUS,
                "auto",
                List.of(Message.of(Role.USER, prompt)),
                false,
                false,
                1,
                0,
                false,
                Sampling.DEFAULT,
                BODY);
    }
}
