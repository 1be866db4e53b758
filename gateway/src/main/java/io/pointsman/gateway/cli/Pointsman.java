package io.pointsman.gateway.cli;

import io.pointsman.classifier.InvalidHead;
import io.pointsman.classifier.evaluation.LearnedLabel;
import io.pointsman.classifier.memory.InvalidMemory;
import io.pointsman.gateway.config.ConfigLocation;
import io.pointsman.gateway.ledger.InvalidLedger;
import io.pointsman.policies.yaml.ConfigException;
import io.pointsman.serving.gguf.GgufException;
import io.pointsman.serving.hub.HubException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The one entry point behind `bin/pointsman`: hands over to the command that is named.
@Command(
        name = "pointsman",
        description = "A smart routing gateway between fast and reasoning language models.",
        mixinStandardHelpOptions = true,
        version = "pointsman 0.1.0",
        subcommands = {
            RunCommand.class,
            ServeCommand.class,
            ConfigCommand.class,
            KeysCommand.class,
            CalibrateCommand.class,
            EvaluateCommand.class,
            UsageCommand.class
        })
public final class Pointsman implements Runnable {

    @Spec private CommandSpec spec;

    private Pointsman() {}

    /// Runs the command that `args` name, and exits with its status: 0 for success, 1 for a
    /// failure, 2 for a wrong command line.
    public static void main(String[] args) {
        var status = commandLine().execute(args);
        if (status != 0) {
            System.exit(status);
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new Pointsman())
                .addSubcommand(
                        ClassifierCommand.with(
                                Pointsman::memory, LearnedLabel::read, InstantSource.system()))
                .setExecutionExceptionHandler((thrown, command, _) -> {
                    if (!expected(thrown)) {
                        throw thrown;
                    }
                    command.getErr().println(thrown.getMessage());
                    return 1;
                });
    }

    private static Optional<Path> memory(ConfigLocation configuration) {
        return configuration.load().memory(System.getenv()).file();
    }

    /// Whether `thrown` says by itself what the user can do about it.
    private static boolean expected(Exception thrown) {
        return thrown instanceof ConfigException
                || thrown instanceof InvalidHead
                || thrown instanceof InvalidMemory
                || thrown instanceof InvalidLedger
                || thrown instanceof GgufException
                || thrown instanceof HubException
                || thrown instanceof IllegalArgumentException;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
