package io.pointsman.benchmarks.load;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `bench upstream`: the simulated upstream as a process.
@Command(
        name = "upstream",
        description = "Simulates an OpenAI-compatible server, for the load rig.",
        mixinStandardHelpOptions = true)
public final class UpstreamCommand implements Callable<Integer> {

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "on the loopback interface; default: ${DEFAULT-VALUE}")
    private int port = 18000;

    /// For picocli.
    public UpstreamCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        try (var upstream = new Upstream(port)) {
            System.out.println("upstream listens on http://127.0.0.1:" + port + "/v1");
            upstream.await();
        }
        return 0;
    }
}
