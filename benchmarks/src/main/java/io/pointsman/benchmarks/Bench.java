package io.pointsman.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command `bench`.
@Command(
        name = "bench",
        description = "Measures the engine.",
        subcommands = {EngineCommand.class, TraceCommand.class},
        mixinStandardHelpOptions = true)
public final class Bench {

    private Bench() {}

    /// Runs the command that `args` name.
    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }
}
