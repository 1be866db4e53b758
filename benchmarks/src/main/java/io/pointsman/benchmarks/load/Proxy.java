package io.pointsman.benchmarks.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A gateway that can stand between the generator and the upstream: how it is started, and what its
/// clients must send. Implementations are immutable.
interface Proxy {

    /// In tables and on the command line.
    String name();

    /// What is missing to start it; empty if nothing is.
    Optional<String> missing();

    /// Which version of what, with the flags that matter, for the report.
    String version() throws IOException, InterruptedException;

    /// Writes what it needs into `folder` and says how to start it.
    Start start(Path folder, int port, int upstream) throws IOException, InterruptedException;

    /// How to start a process and talk to it.
    ///
    /// @param headers that each request to it carries
    /// @param model that requests ask for
    /// @param jvm whether it is one
    record Start(
            List<String> command,
            Map<String, String> environment,
            Map<String, String> headers,
            String model,
            boolean jvm) {}

    /// All that the rig knows, in the order of the tables.
    static List<Proxy> all(Path root, Path peers) {
        return List.of(
                new Nginx(peers),
                new Pointsman(root),
                new SpringCloudGateway(root, peers),
                new Portkey(peers),
                new LiteLlm(peers));
    }
}
