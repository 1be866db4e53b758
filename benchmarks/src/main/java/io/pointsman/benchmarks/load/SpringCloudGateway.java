package io.pointsman.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Spring Cloud Gateway that reads the body and finds the model in it (`benchmarks/peers/scg`), on
/// the product's JVM flags and transport.
record SpringCloudGateway(Path root, Path peers) implements Proxy {

    private static final List<String> FLAGS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:+UseCompactObjectHeaders",
                    "-XX:MaxTenuringThreshold=2",
                    "-Dio.netty.leakDetection.level=disabled",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    Pointsman.FLAGS);

    @Override
    public String name() {
        return "scg";
    }

    @Override
    public Optional<String> missing() {
        return Files.exists(jar())
                ? Optional.empty()
                : Optional.of("benchmarks/peers/install.sh scg builds it");
    }

    private Path jar() {
        return peers.resolve("scg/scg.jar");
    }

    @Override
    public String version() throws IOException, InterruptedException {
        var libraries = Shell.output("unzip", "-l", jar().toString());
        var version =
                libraries
                        .lines()
                        .filter(line -> line.contains("spring-cloud-gateway-server-webflux-"))
                        .map(line -> line.replaceAll(".*webflux-|\\.jar", ""))
                        .findFirst()
                        .orElse("");
        return version + " reading the body, " + String.join(" ", FLAGS);
    }

    @Override
    public Start start(Path folder, int port, int upstream)
            throws IOException, InterruptedException {
        var java = System.getProperty("java.home") + "/bin/java";
        var command = new ArrayList<>(List.of(java));
        command.addAll(FLAGS);
        command.addAll(
                List.of(
                        "-jar",
                        jar().toString(),
                        "--server.address=127.0.0.1",
                        "--server.port=" + port,
                        "--upstream=http://127.0.0.1:" + upstream));
        return new Start(command, Map.of(), Map.of(), "auto", true);
    }
}
