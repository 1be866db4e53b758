package io.pointsman.serving.server;

import io.pointsman.serving.engine.EngineListener;
import io.pointsman.serving.engine.EngineOptions;
import io.pointsman.serving.engine.EngineStats;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// What an engine does, under the names and in the buckets that vLLM uses, so that what was made
/// for vLLM (dashboards, pickers of inference gateways) works unchanged. Thread-safe.
public final class EngineMetrics implements EngineListener {

    private static final double[] TIME_TO_FIRST_TOKEN = {
        .001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160,
        640, 2560
    };
    private static final double[] BETWEEN_TOKENS = {
        .01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80
    };
    private static final double[] LATENCY = {
        .3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680
    };
    private static final double[] TOKENS = {
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000
    };
    private static final double[] STEP_TOKENS = {
        1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384
    };

    private static final String[] LABELS = {"model_name", "engine"};
    private static final double SECOND = 1e9;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final String model;
    private final Counter succeeded;
    private final DistributionDataPoint timeToFirstToken;
    private final DistributionDataPoint interTokenLatency;
    private final DistributionDataPoint timePerOutputToken;
    private final DistributionDataPoint latency;
    private final DistributionDataPoint queueTime;
    private final DistributionDataPoint inferenceTime;
    private final DistributionDataPoint prefillTime;
    private final DistributionDataPoint decodeTime;
    private final DistributionDataPoint promptTokens;
    private final DistributionDataPoint generationTokens;
    private final DistributionDataPoint stepTokens;

    /// @param model the label `model_name`
    public EngineMetrics(String model) {
        this.model = model;
        succeeded =
                Counter.builder()
                        .name("vllm:request_success")
                        .help("Requests that ended by themselves.")
                        .labelNames("model_name", "engine", "finished_reason")
                        .register(registry);
        timeToFirstToken =
                histogram(
                        "time_to_first_token_seconds",
                        "Until the first token.",
                        TIME_TO_FIRST_TOKEN);
        interTokenLatency =
                histogram("inter_token_latency_seconds", "Between two tokens.", BETWEEN_TOKENS);
        timePerOutputToken =
                histogram("time_per_output_token_seconds", "Between two tokens.", BETWEEN_TOKENS);
        latency = histogram("e2e_request_latency_seconds", "Until the last token.", LATENCY);
        queueTime = histogram("request_queue_time_seconds", "Until it was let in.", LATENCY);
        inferenceTime = histogram("request_inference_time_seconds", "Since then.", LATENCY);
        prefillTime =
                histogram("request_prefill_time_seconds", "From then to the first token.", LATENCY);
        decodeTime =
                histogram(
                        "request_decode_time_seconds",
                        "From the first token to the last.",
                        LATENCY);
        promptTokens = histogram("request_prompt_tokens", "Tokens of a prompt.", TOKENS);
        generationTokens = histogram("request_generation_tokens", "Tokens of an answer.", TOKENS);
        stepTokens = histogram("iteration_tokens_total", "Tokens of a step.", STEP_TOKENS);
    }

    /// Tells what `stats` says whenever somebody asks, and how the engine is set up.
    ///
    /// @param blocks blocks of the KV cache
    public void observe(Supplier<EngineStats> stats, EngineOptions options, int blocks) {
        gauge("num_requests_running", "Sequences that hold blocks.", stats, EngineStats::running);
        gauge("num_requests_waiting", "Sequences that do not.", stats, EngineStats::waiting);
        gauge(
                "kv_cache_usage_perc",
                "Part of the KV cache in use, from 0 to 1.",
                stats,
                EngineStats::kvCacheUtilization);
        gauge(
                "gpu_cache_usage_perc",
                "The same, by its older name.",
                stats,
                EngineStats::kvCacheUtilization);
        counter(
                "prefix_cache_queries",
                "Prompt tokens looked for in the prefix cache.",
                stats,
                EngineStats::prefixQueries);
        counter("prefix_cache_hits", "Those found there.", stats, EngineStats::prefixHits);
        counter("num_preemptions", "Sequences that gave way.", stats, EngineStats::preemptions);
        counter("prompt_tokens", "Tokens of prompts.", stats, EngineStats::promptTokens);
        counter("generation_tokens", "Tokens generated.", stats, EngineStats::completionTokens);
        counter("admission_rejections", "Requests refused.", stats, EngineStats::rejected);
        Info.builder()
                .name("vllm:cache_config")
                .help("How the KV cache is set up.")
                .labelNames(
                        "model_name",
                        "engine",
                        "block_size",
                        "num_gpu_blocks",
                        "cache_dtype",
                        "enable_prefix_caching")
                .register(registry)
                .addLabelValues(
                        model,
                        "0",
                        String.valueOf(options.blockSize()),
                        String.valueOf(blocks),
                        options.kvStorage().name().toLowerCase(Locale.ROOT),
                        options.prefixCaching() ? "True" : "False");
    }

    /// All of it as Prometheus' text format.
    byte[] exposition() {
        var bytes = new ByteArrayOutputStream(16_384);
        try {
            PrometheusTextFormatWriter.create().write(bytes, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void stepped(Step step) {
        stepTokens.observe(step.tokens());
    }

    @Override
    public void emitted(boolean first, long nanos) {
        if (first) {
            timeToFirstToken.observe(nanos / SECOND);
        } else {
            interTokenLatency.observe(nanos / SECOND);
            timePerOutputToken.observe(nanos / SECOND);
        }
    }

    @Override
    public void ended(Ended request) {
        if (request.reason().isEmpty()) {
            return;
        }
        succeeded.labelValues(model, "0", request.reason().get().wireName()).inc();
        latency.observe((request.endedAt() - request.arrivedAt()) / SECOND);
        queueTime.observe((request.scheduledAt() - request.arrivedAt()) / SECOND);
        inferenceTime.observe((request.endedAt() - request.scheduledAt()) / SECOND);
        prefillTime.observe((request.firstTokenAt() - request.scheduledAt()) / SECOND);
        decodeTime.observe((request.endedAt() - request.firstTokenAt()) / SECOND);
        promptTokens.observe(request.usage().promptTokens());
        generationTokens.observe(request.usage().completionTokens());
    }

    private DistributionDataPoint histogram(String name, String help, double[] bounds) {
        return Histogram.builder()
                .name("vllm:" + name)
                .help(help)
                .labelNames(LABELS)
                .classicOnly()
                .classicUpperBounds(bounds)
                .register(registry)
                .labelValues(model, "0");
    }

    private void gauge(
            String name,
            String help,
            Supplier<EngineStats> stats,
            ToDoubleFunction<EngineStats> value) {
        GaugeWithCallback.builder()
                .name("vllm:" + name)
                .help(help)
                .labelNames(LABELS)
                .callback(callback -> callback.call(value.applyAsDouble(stats.get()), model, "0"))
                .register(registry);
    }

    private void counter(
            String name,
            String help,
            Supplier<EngineStats> stats,
            ToDoubleFunction<EngineStats> value) {
        CounterWithCallback.builder()
                .name("vllm:" + name)
                .help(help)
                .labelNames(LABELS)
                .callback(callback -> callback.call(value.applyAsDouble(stats.get()), model, "0"))
                .register(registry);
    }
}
