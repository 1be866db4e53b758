package io.pointsman.gateway.config;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification;
import io.pointsman.api.Message;
import io.pointsman.api.RequestId;
import io.pointsman.api.Role;
import io.pointsman.api.RoutingContext;
import io.pointsman.api.Sampling;
import io.pointsman.api.Tenant;
import io.pointsman.api.wire.RequestBody;
import java.util.List;
import java.util.Optional;

/// Routing contexts for tests of configurations.
final class Requests {

    private Requests() {}

    /// A short and very hard request; there are no candidates.
    static RoutingContext hard() {
        var request =
                new ChatRequest(
                        new RequestId("test"),
                        Tenant.ANONYMOUS,
                        "auto",
                        List.of(Message.of(Role.USER, "Prove it.")),
                        false,
                        false,
                        1,
                        0,
                        false,
                        Sampling.DEFAULT,
                        RequestBody.of(new byte[0]));
        return new RoutingContext(
                request, Optional.empty(), Classification.Scored.of(0.99, List.of()), List.of());
    }
}
