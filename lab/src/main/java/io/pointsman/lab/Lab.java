package io.pointsman.lab;

import io.pointsman.lab.difficulty.CountNgramsCommand;
import io.pointsman.lab.difficulty.FitHeadCommand;
import io.pointsman.lab.difficulty.MeasureClassifierCommand;
import io.pointsman.lab.difficulty.TrainClassifierCommand;
import io.pointsman.lab.difficulty.TrainTiersCommand;
import io.pointsman.lab.mini.TrainMini;
import io.pointsman.lab.random.RandomModelCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The offline command: what trains and measures, and never ships.
@Command(
        name = "lab",
        description = "Trains what Pointsman ships with.",
        subcommands = {
            TrainMini.class,
            TrainClassifierCommand.class,
            CountNgramsCommand.class,
            MeasureClassifierCommand.class,
            TrainTiersCommand.class,
            FitHeadCommand.class,
            RandomModelCommand.class
        },
        mixinStandardHelpOptions = true)
public final class Lab {
    private Lab() {}

    /// Runs one subcommand.
    public static void main(String[] arguments) {
        // One core is enough for models this small, and nothing may be fetched or reported.
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("ai.djl.pytorch.num_threads", "1");
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        System.exit(new CommandLine(new Lab()).execute(arguments));
    }
}
