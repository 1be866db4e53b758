package io.pointsman.backends.balance;

import java.time.Duration;
import java.util.Optional;

/// Which of a server's pages are looked at from time to time. None of them costs a token.
///
/// @param probe the page that tells whether it is well
/// @param scrape the page that tells how busy it is
public record Checks(Optional<Probe> probe, Optional<Scrape> scrape) {

    /// Only its calls tell how it is.
    public static final Checks NONE = new Checks(Optional.empty(), Optional.empty());

    /// A page that answers with a status of success while the server is well.
    ///
    /// @param path begins with a slash and starts at the server's root
    /// @param every how often it is looked at
    public record Probe(String path, Duration every) {}

    /// A page of metrics in Prometheus's text format.
    ///
    /// @param engine whose names they have
    /// @param path begins with a slash and starts at the server's root
    public record Scrape(Engine engine, String path) {}
}
