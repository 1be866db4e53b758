package io.pointsman.api.wire;

import java.util.Optional;

/// The bytes of a request as the client sent them, and where in them the parts are that a call
/// upstream changes. Immutable by contract: nobody writes to the array.
public final class RequestBody {

    private final byte[] bytes;
    private final Optional<RequestLayout> layout;

    RequestBody(byte[] bytes, RequestLayout layout) {
        this.bytes = bytes;
        this.layout = Optional.of(layout);
    }

    private RequestBody(byte[] bytes) {
        this.bytes = bytes;
        this.layout = Optional.empty();
    }

    /// Wraps `bytes` without copying or reading them: for requests that no server will be sent.
    public static RequestBody of(byte[] bytes) {
        return new RequestBody(bytes);
    }

    /// The original bytes; not to be modified.
    public byte[] bytes() {
        return bytes;
    }

    /// The body to send to a server that knows the model as `model` and needs nothing else changed.
    public byte[] forUpstream(String model) {
        return forUpstream(model, RequestRules.NONE);
    }

    /// The body to send to a server that knows the model as `model`: a streaming call that asks for
    /// usage, changed as `rules` say, and otherwise the original byte for byte, fields unknown here
    /// included.
    ///
    /// @throws IllegalStateException if this body was only wrapped, not read
    public byte[] forUpstream(String model, RequestRules rules) {
        return new RequestEdits(bytes, known(), rules).apply(model);
    }

    /// What `rules` do to the parameters of this request, in words, as in `dropped temperature,
    /// top_p; renamed max_tokens`; empty where they leave all as it is.
    public String changes(RequestRules rules) {
        return rules.leavesParameters() || layout.isEmpty()
                ? ""
                : new RequestEdits(bytes, known(), rules).changes();
    }

    private RequestLayout known() {
        return layout.orElseThrow(
                () -> new IllegalStateException("a body that was not read has no known fields"));
    }
}
