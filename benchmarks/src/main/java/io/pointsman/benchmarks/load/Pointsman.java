package io.pointsman.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The product as users start it, with all that costs switched on: keys, classification, two pools
/// behind a rule on difficulty, metrics, prices and the ledger in a folder.
record Pointsman(Path root) implements Proxy {

    /// What the issue of memory is measured with; all other flags are those of `bin/pointsman`.
    static final String FLAGS = "-Xmx512m";

    @Override
    public String name() {
        return "pointsman";
    }

    @Override
    public Optional<String> missing() {
        return Files.exists(root.resolve("gateway/target/pointsman-app.jar"))
                ? Optional.empty()
                : Optional.of("make build builds it");
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Shell.output("git", "-C", root.toString(), "describe", "--always", "--dirty")
                + ", bin/pointsman with "
                + FLAGS;
    }

    @Override
    public Start start(Path folder, int port, int upstream)
            throws IOException, InterruptedException {
        var program = root.resolve("bin/pointsman").toString();
        var key =
                Shell.output(program, "keys", "create", "rig").lines().map(String::strip).toList();
        var configuration =
                """
                server: {host: 127.0.0.1, port: %1$d}
                management: {host: 127.0.0.1, port: %2$d}
                auth: {keys-env: RIG_KEYS}
                backends:
                  small:
                    base-url: http://127.0.0.1:%3$d/v1
                    model: rig-small
                    price: {prompt: 0.15, completion: 0.60}
                  large:
                    base-url: http://127.0.0.1:%3$d/v1
                    model: rig-large
                    price: {prompt: 0.55, completion: 2.19}
                    # That of the slow streams waits longer than usual.
                    first-token-timeout: 5m
                pools:
                  fast: [small]
                  reasoner: [large]
                classifier: {head: generic}
                ledger: {folder: ledger}
                policies:
                  default: fast
                  rules:
                    - name: hard
                      when: {difficulty-at-least: 0.5}
                      route: reasoner
                      fallback: [fast]
                """
                        .formatted(port, port + 1, upstream);
        var file = Files.writeString(folder.resolve("pointsman.yaml"), configuration);
        return new Start(
                List.of(program, "run", "--config", file.toString()),
                Map.of("RIG_KEYS", key.getLast(), "POINTSMAN_JAVA_OPTS", FLAGS),
                Map.of("authorization", "Bearer " + key.get(1)),
                "auto",
                true);
    }
}
