package io.pointsman.gateway.cli;

import io.pointsman.gateway.config.ConfigSummary;
import io.pointsman.gateway.config.GatewayConfigLoader;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `pointsman config`: looks at a configuration without starting anything.
@Command(name = "config", description = "Look at a configuration.", mixinStandardHelpOptions = true)
public final class ConfigCommand {

    @Spec private CommandSpec spec;

    ConfigCommand() {}

    @Command(
            name = "check",
            description = "Check a file and show what it says, on one screen.",
            mixinStandardHelpOptions = true)
    void check(@Parameters(paramLabel = "FILE") Path file) {
        spec.commandLine().getOut().println(ConfigSummary.of(GatewayConfigLoader.load(file)));
    }

    @Command(
            name = "default",
            description = "Show the built-in configuration, a start for one's own.",
            mixinStandardHelpOptions = true)
    void builtIn() {
        spec.commandLine().getOut().print(GatewayConfigLoader.builtInText());
    }
}
