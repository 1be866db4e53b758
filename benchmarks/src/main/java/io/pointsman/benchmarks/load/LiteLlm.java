package io.pointsman.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// LiteLLM's proxy with one worker, a master key and no database.
record LiteLlm(Path peers) implements Proxy {

    @Override
    public String name() {
        return "litellm";
    }

    @Override
    public Optional<String> missing() {
        return Shell.executable(
                binary("litellm"), "benchmarks/peers/install.sh litellm installs it");
    }

    private Path binary(String name) {
        return peers.resolve("litellm/bin/" + name);
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Shell.output(
                        binary("python").toString(),
                        "-c",
                        "import importlib.metadata as m; print(m.version('litellm'))")
                + ", 1 worker, "
                + Shell.output(binary("python").toString(), "--version");
    }

    @Override
    public Start start(Path folder, int port, int upstream) throws IOException {
        var configuration =
                """
                model_list:
                  - model_name: auto
                    litellm_params:
                      model: openai/rig-small
                      api_base: http://127.0.0.1:%d/v1
                      api_key: sk-upstream
                general_settings: {master_key: sk-rig}
                litellm_settings: {telemetry: false}
                """
                        .formatted(upstream);
        var file = Files.writeString(folder.resolve("litellm.yaml"), configuration);
        return new Start(
                List.of(
                        binary("litellm").toString(),
                        "--config",
                        file.toString(),
                        "--host",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port),
                        "--num_workers",
                        "1"),
                Map.of("LITELLM_LOCAL_MODEL_COST_MAP", "True", "LITELLM_LOG", "ERROR"),
                Map.of("authorization", "Bearer sk-rig"),
                "auto",
                false);
    }
}
