package io.pointsman.classifier;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Message;
import io.pointsman.api.RequestId;
import io.pointsman.api.Role;
import io.pointsman.api.Sampling;
import io.pointsman.api.Tenant;
import io.pointsman.api.wire.RequestBody;
import java.util.List;

/// Requests to judge.
final class Requests {

    private Requests() {}

    static ChatRequest asking(String prompt) {
        return of(List.of(Message.of(Role.USER, prompt)));
    }

    static ChatRequest of(List<Message> messages) {
        return new ChatRequest(
                new RequestId("test"),
                Tenant.ANONYMOUS,
                "auto",
                messages,
                false,
                false,
                1,
                0,
                false,
                Sampling.DEFAULT,
                RequestBody.of(new byte[0]));
    }
}
