package io.pointsman.api.wire;

/// The bytes of a request as the client sent them. Immutable by contract: nobody writes to the
/// array.
public final class RequestBody {

    private final byte[] bytes;

    private RequestBody(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Wraps `bytes` without copying them.
    public static RequestBody of(byte[] bytes) {
        return new RequestBody(bytes);
    }

    /// The original bytes; not to be modified.
    public byte[] bytes() {
        return bytes;
    }
}
