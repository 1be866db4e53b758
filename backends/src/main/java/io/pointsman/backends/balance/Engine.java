package io.pointsman.backends.balance;

import java.util.List;

/// What runs behind a backend: which page tells whether it is well, and by which names its metrics
/// tell how busy it is. None of the pages costs a token.
public enum Engine {

    /// vLLM (names of 0.6 to 0.32; the KV cache's changed with its engine V1).
    VLLM("/health"),

    /// SGLang (names of 0.4 and 0.5), which tells them if started with `--enable-metrics`. Its
    /// `/health` generates a token by default, so that the list of its models stands in.
    SGLANG("/v1/models"),

    /// `pointsman serve`, which uses vLLM's names.
    POINTSMAN("/health"),

    /// llama.cpp's server, whose metrics tell little.
    LLAMA_CPP("/health");

    private final String probePath;

    Engine(String probePath) {
        this.probePath = probePath;
    }

    /// The page that answers with a status of success while it is well.
    public String probePath() {
        return probePath;
    }

    /// What its metrics are called.
    Names names() {
        return switch (this) {
            case VLLM, POINTSMAN -> Names.VLLM;
            case SGLANG -> Names.SGLANG;
            case LLAMA_CPP -> Names.LLAMA_CPP;
        };
    }

    /// Whether its metrics are there unless somebody turned them off.
    public boolean tellsMetrics() {
        return this != LLAMA_CPP;
    }

    /// The names of an engine's gauges.
    ///
    /// @param queueDepth requests that wait; over several series, their sum
    /// @param kvUtilisation part of the KV cache in use, newest name first; over several series,
    ///   the greatest
    record Names(String queueDepth, List<String> kvUtilisation) {
        private static final Names VLLM =
                new Names(
                        "vllm:num_requests_waiting",
                        List.of("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"));
        private static final Names SGLANG =
                new Names("sglang:num_queue_reqs", List.of("sglang:token_usage"));
        private static final Names LLAMA_CPP = new Names("llamacpp:requests_deferred", List.of());

        Names {
            kvUtilisation = List.copyOf(kvUtilisation);
        }
    }
}
