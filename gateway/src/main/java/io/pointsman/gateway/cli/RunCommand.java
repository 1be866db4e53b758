package io.pointsman.gateway.cli;

import io.pointsman.gateway.Gateway;
import io.pointsman.gateway.GatewayServer;
import io.pointsman.gateway.config.ConfigLocation;
import io.pointsman.gateway.config.GatewayConfig;
import io.pointsman.policies.yaml.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `pointsman run`: starts the gateway.
@Command(
        name = "run",
        description = "Start the gateway.",
        mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The configuration; else POINTSMAN_CONFIG, else ./pointsman.yaml, else the bundled"
                            + " models.")
    private @Nullable Path config;

    RunCommand() {}

    @Override
    public Integer call() throws IOException {
        var out = spec.commandLine().getOut();
        try {
            var location = ConfigLocation.find(Optional.ofNullable(config), System.getenv());
            var loaded = location.load();
            var server = GatewayServer.start(loaded, Gateway.create(loaded, location.folder()));
            greet(out, location.name(), loaded, server);
            return 0;
        } catch (ConfigException wrong) {
            spec.commandLine().getErr().println(wrong.getMessage());
            return 1;
        }
    }

    private static void greet(
            PrintWriter out, String source, GatewayConfig config, GatewayServer server) {
        var url = "http://" + shown(config.server().host()) + ":" + server.port();
        out.println();
        out.println("Pointsman listens on " + url + "/v1 (configuration: " + source + ")");
        config.pools()
                .forEach((pool, backends) -> out.println("  " + pool + " -> " + String.join(", ", backends)));
        if (config.openToAll()) {
            out.println("No API keys are configured, so it listens on loopback only.");
        }
        out.println(
                "Health and metrics: http://"
                        + shown(config.management().host())
                        + ":"
                        + server.managementPort()
                        + "/actuator");
        out.println("Try it:");
        out.println(
                """
                  curl -i %s/v1/chat/completions -H 'Content-Type: application/json' \\
                    -d '{"model":"auto","messages":[{"role":"user","content":"What is 4738 + 2915 - 386?"}]}'
                """
                        .formatted(url));
        out.flush();
    }

    private static String shown(String host) {
        return host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host;
    }
}
