package io.pointsman.backends.discovery;

import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/// Where one replica of a backend is.
///
/// @param label host and port, which tell it from the others
/// @param baseUrl up to and including the version
/// @param pinned the address to connect to, where the host's name is that of several
public record Address(String label, URI baseUrl, Optional<InetAddress> pinned) {

    /// A replica with a URL of its own.
    public static Address of(URI baseUrl) {
        return new Address(
                baseUrl.getHost().toLowerCase(Locale.ROOT) + ':' + port(baseUrl),
                baseUrl,
                Optional.empty());
    }

    /// The port that `url` says or implies.
    static int port(URI url) {
        if (url.getPort() >= 0) {
            return url.getPort();
        }
        return "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
    }
}
