package io.pointsman.gateway.config;

import io.pointsman.backends.balance.Engine;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Where the replicas of a backend are, what runs there and how their state is learned. Immutable.
///
/// @param replicas how its replicas are found
/// @param engine what runs there; empty where that is not known, as of a service
/// @param probe the page that tells whether a replica is well; empty where only calls tell
/// @param metricsPath the page of the engine's metrics; empty where none is read
public record Placement(
        Replicas replicas,
        Optional<Engine> engine,
        Optional<Probe> probe,
        Optional<String> metricsPath) {

    static final Placement DEFAULT =
            new Placement(new Replicas.One(), Optional.empty(), Optional.empty(), Optional.empty());

    /// How the replicas of a backend are found.
    public sealed interface Replicas {

        /// There is one, at the base URL.
        record One() implements Replicas {}

        /// They are listed.
        ///
        /// @param baseUrls one for each
        record Listed(List<URI> baseUrls) implements Replicas {
            public Listed {
                baseUrls = List.copyOf(baseUrls);
            }
        }

        /// One is at each address of the base URL's host.
        ///
        /// @param refresh how often the name service is asked
        record ByDns(Duration refresh) implements Replicas {}

        /// They stand in a file, which may change.
        ///
        /// @param file the list
        /// @param refresh how often it is read
        record InFile(Path file, Duration refresh) implements Replicas {}
    }

    /// How it is found out whether a replica is well.
    ///
    /// @param path of the page that tells, from the server's root
    /// @param every how often it is looked at
    public record Probe(String path, Duration every) {}
}
