package io.pointsman.gateway.http;

import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import java.util.Arrays;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Mono;

/// Reads a request's body once, into one array, up to a limit. What exceeds it is read on and
/// thrown away for a while, since most clients look at the answer only once they have sent all.
/// Immutable.
final class BodyReader {

    private static final int FIRST_GUESS = 8 * 1024;

    /// How many times the limit is read in all before the connection is given up.
    private static final int PATIENCE = 16;

    private final int limit;
    private final String source;

    /// Reads up to `limit` bytes.
    ///
    /// @param source where the limit comes from, for whoever exceeds it
    BodyReader(int limit, String source) {
        this.limit = limit;
        this.source = source;
    }

    /// The whole body, or [Failure.TooLarge].
    Mono<byte[]> read(ServerHttpRequest request) {
        var announced = request.getHeaders().getContentLength();
        return request.getBody().collect(() -> new Body(announced), Body::add).map(Body::bytes);
    }

    private FailureException tooLarge() {
        return new FailureException(
                new Failure.TooLarge(
                        "the request body is larger than " + limit + " bytes (" + source + ")"));
    }

    /// What has come so far; confined to one subscription.
    private final class Body {

        private byte[] bytes;
        private long length;

        private Body(long announced) {
            var guess = announced > 0 ? announced : FIRST_GUESS;
            bytes = new byte[(int) Math.min(guess, limit)];
        }

        private void add(DataBuffer buffer) {
            try {
                var more = buffer.readableByteCount();
                if (length + more <= limit) {
                    reserve((int) length + more);
                    buffer.read(bytes, (int) length, more);
                } else if (length + more > (long) PATIENCE * limit) {
                    throw tooLarge();
                }
                length += more;
            } finally {
                DataBufferUtils.release(buffer);
            }
        }

        private void reserve(int size) {
            if (size > bytes.length) {
                bytes =
                        Arrays.copyOf(
                                bytes, (int) Math.min(limit, Math.max(size, 2L * bytes.length)));
            }
        }

        private byte[] bytes() {
            if (length > limit) {
                throw tooLarge();
            }
            return length == bytes.length ? bytes : Arrays.copyOf(bytes, (int) length);
        }
    }
}
