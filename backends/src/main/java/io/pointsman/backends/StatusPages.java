package io.pointsman.backends;

import java.time.Duration;
import reactor.core.publisher.Mono;

/// The pages of a server that tell how it is, beside its API. Thread-safe; none of them costs a
/// token.
public interface StatusPages {

    /// Gets the page at `path`, which begins with a slash and starts at the server's root. Fails if
    /// it is not there within `timeout` or longer than `limit` bytes.
    Mono<Page> get(String path, Duration timeout, int limit);

    /// An answer.
    ///
    /// @param status of HTTP
    /// @param body the bytes
    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
    record Page(int status, byte[] body) {}
}
