package io.pointsman.gateway.cli;

import io.pointsman.gateway.Gateway;
import io.pointsman.gateway.GatewayServer;
import io.pointsman.gateway.config.ConfigLocation;
import io.pointsman.gateway.config.GatewayConfig;
import io.pointsman.gateway.config.SecretResolver;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `pointsman run`: starts the gateway.
@Command(name = "run", description = "Start the gateway.", mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {

    private static final String FORGETS =
            "What it learns is kept for this run alone; classifier.memory.file or the variable "
                    + GatewayConfig.DATA_VARIABLE
                    + " says where to keep it.";

    private static final String COUNTS_FOR_THE_RUN =
            "Records of requests are kept for this run alone, and in the log; ledger.folder or the"
                    + " variable "
                    + GatewayConfig.DATA_VARIABLE
                    + " says where to keep them.";

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
    public Integer call() {
        var out = spec.commandLine().getOut();
        var location =
                config != null
                        ? new ConfigLocation.InFile(config)
                        : ConfigLocation.find(System.getenv(), Path.of(""));
        var loaded = location.load();
        var gateway = Gateway.create(loaded, SecretResolver.ofSystem());
        var server = GatewayServer.start(loaded, gateway);
        greet(out, location, loaded, gateway, server);
        return 0;
    }

    private static void greet(
            PrintWriter out,
            ConfigLocation source,
            GatewayConfig config,
            Gateway gateway,
            GatewayServer server) {
        var keyed = gateway.keyed();
        var url = "http://" + shown(config.server().address(keyed)) + ":" + server.port();
        out.println();
        out.println("Pointsman listens on " + url + "/v1 (configuration: " + source + ")");
        config.pools()
                .forEach((name, pool) ->
                        out.println("  " + name + " -> " + String.join(", ", pool.backends())));
        if (!keyed) {
            out.println("No API keys are configured, so it listens on loopback only.");
        }
        if (gateway.learns() && config.memory(System.getenv()).file().isEmpty()) {
            out.println(FORGETS);
        }
        if (config.ledger(System.getenv()).folder().isEmpty()) {
            out.println(COUNTS_FOR_THE_RUN);
        }
        out.println(
                "Health and metrics: http://"
                        + shown(config.management().address(keyed))
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
