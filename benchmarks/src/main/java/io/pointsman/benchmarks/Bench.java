package io.pointsman.benchmarks;

import io.pointsman.benchmarks.load.LoadCommand;
import io.pointsman.benchmarks.load.SoakCommand;
import io.pointsman.benchmarks.load.UpstreamCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command `bench`.
@Command(
        name = "bench",
        description = "Measures the engine, and the gateway beside its peers.",
        subcommands = {
            EngineCommand.class,
            TraceCommand.class,
            UpstreamCommand.class,
            LoadCommand.class,
            SoakCommand.class
        },
        mixinStandardHelpOptions = true)
public final class Bench {

    private Bench() {}

    /// Runs the command that `args` name.
    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }
}
