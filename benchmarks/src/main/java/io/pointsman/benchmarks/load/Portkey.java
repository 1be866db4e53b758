package io.pointsman.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Portkey's open gateway on Node, told by headers where to go, as its clients do.
record Portkey(Path peers) implements Proxy {

    @Override
    public String name() {
        return "portkey";
    }

    @Override
    public Optional<String> missing() {
        return Files.exists(program())
                ? Optional.empty()
                : Optional.of("benchmarks/peers/install.sh portkey installs it");
    }

    private Path folder() {
        return peers.resolve("portkey/node_modules/@portkey-ai/gateway");
    }

    private Path program() {
        return folder().resolve("build/start-server.js");
    }

    @Override
    public String version() throws IOException, InterruptedException {
        var version =
                Files.readString(folder().resolve("package.json"))
                        .lines()
                        .filter(line -> line.contains("\"version\""))
                        .map(line -> line.replaceAll("[^0-9.]", ""))
                        .findFirst()
                        .orElse("");
        return version + ", node " + Shell.output("node", "--version");
    }

    @Override
    public Start start(Path folder, int port, int upstream) {
        return new Start(
                List.of("node", program().toString(), "--port=" + port, "--headless"),
                Map.of("NODE_ENV", "production"),
                Map.of(
                        "authorization",
                        "Bearer sk-rig",
                        "x-portkey-provider",
                        "openai",
                        "x-portkey-custom-host",
                        "http://127.0.0.1:" + upstream + "/v1"),
                "rig-small",
                false);
    }
}
