package io.pointsman.gateway.cli;

import io.pointsman.serving.BundledModels;
import io.pointsman.serving.LanguageModel;
import io.pointsman.serving.engine.Engine;
import io.pointsman.serving.engine.EngineOptions;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.hub.ModelHub;
import io.pointsman.serving.hub.ModelName;
import io.pointsman.serving.model.KvStorage;
import io.pointsman.serving.openai.CompletionDefaults;
import io.pointsman.serving.server.EngineMetrics;
import io.pointsman.serving.server.ModelServer;
import io.pointsman.serving.server.ServerOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import reactor.netty.ChannelBindException;

/// `pointsman serve`: starts the engine alone, behind an OpenAI-compatible server of its own.
@Command(
        name = "serve",
        description = "Serve one model: the batching engine alone, as OpenAI and vLLM do.",
        mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})([kKmMgG]?)i?[bB]?");
    private static final String HUB = "hub:";

    /// What a step has for prompts where nothing else is said.
    private static final int PROMPT_TOKENS = 128;

    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Spec private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description =
                    "A GGUF file, or hub:owner/repository/file.gguf to download one; else the bundled"
                            + " reasoner.")
    private @Nullable String model;

    @Option(
            names = "--hub",
            paramLabel = "URL",
            defaultValue = "${env:HF_ENDPOINT:-https://huggingface.co}",
            description =
                    "Where models are downloaded from; HF_TOKEN is sent along. Default:"
                            + " ${DEFAULT-VALUE}")
    private URI hub = URI.create("");

    @Option(
            names = "--model-dir",
            paramLabel = "FOLDER",
            defaultValue = "${sys:user.home}/.cache/pointsman/models",
            description = "Where they are kept. Default: ${DEFAULT-VALUE}")
    private Path modelFolder = Path.of("");

    @Option(
            names = "--chat-template",
            paramLabel = "FILE",
            description = "A chat template in Jinja instead of the model's own.")
    private @Nullable Path chatTemplate;

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Default: ${DEFAULT-VALUE}")
    private String host = "";

    @Option(names = "--port", defaultValue = "8000", description = "Default: ${DEFAULT-VALUE}")
    private int port;

    @Option(
            names = "--served-model-name",
            paramLabel = "NAME",
            description = "What clients may call the model; more than one is possible.")
    private List<String> names = List.of();

    @Option(
            names = "--max-num-seqs",
            paramLabel = "N",
            defaultValue = "16",
            description = "Sequences of one step. Default: ${DEFAULT-VALUE}")
    private int maxSequences;

    @Option(
            names = "--max-num-batched-tokens",
            paramLabel = "N",
            description = "Tokens of one step. Default: 128 more than --max-num-seqs")
    private @Nullable Integer tokenBudget;

    @Option(
            names = "--block-size",
            paramLabel = "N",
            defaultValue = "16",
            description = "Positions per block of the KV cache. Default: ${DEFAULT-VALUE}")
    private int blockSize;

    @Option(
            names = "--kv-cache-memory",
            paramLabel = "SIZE",
            defaultValue = "512M",
            description =
                    "Memory for keys and values, such as 512M or 4G. Default: ${DEFAULT-VALUE}")
    private String kvCacheMemory = "";

    @Option(
            names = "--kv-cache-dtype",
            paramLabel = "TYPE",
            defaultValue = "f32",
            description = "How they are stored: f32, f16 or q8. Default: ${DEFAULT-VALUE}")
    private String kvCacheType = "";

    @Option(
            names = "--queue-capacity",
            paramLabel = "N",
            defaultValue = "1024",
            description =
                    "Choices that may wait; what comes beyond is told to try again. Default:"
                            + " ${DEFAULT-VALUE}")
    private int queueCapacity;

    @Option(names = "--no-prefix-caching", description = "Computes each prompt from its beginning.")
    private boolean noPrefixCaching;

    @Option(
            names = "--thinking-message",
            paramLabel = "TEXT",
            defaultValue = "",
            description =
                    "What is written at the end of a thinking whose budget is spent. Default: nothing")
    private String thinkingMessage = "";

    @Option(
            names = "--reasoning-effort",
            paramLabel = "EFFORT=TOKENS",
            description = "How many tokens a reasoning_effort may think, such as low=512.")
    private Map<String, Integer> efforts = Map.of();

    @Option(
            names = "--reasoning-field",
            paramLabel = "NAME",
            description =
                    "What thinking is called in answers: reasoning_content (the default), reasoning, or"
                            + " both by giving the option twice.")
    private List<String> reasoningFields = List.of();

    ServeCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        var out = spec.commandLine().getOut();
        var options = options();
        var loaded = model();
        var served = names.isEmpty() ? List.of(loaded.name()) : names;
        var metrics = new EngineMetrics(served.getFirst());
        out.println("Memory: " + loaded.memory(options));
        out.println("Loading the weights ...");
        out.flush();
        var engine = loaded.start(options, metrics);
        metrics.observe(engine::stats, options, engine.stats().totalBlocks());
        var server = start(loaded, engine, metrics, served);
        out.println();
        out.println(
                "Serving " + loaded.name() + " on http://" + host + ":" + server.port() + "/v1");
        out.println("  context " + engine.contextLength() + " tokens");
        out.println("Metrics: http://" + host + ":" + server.port() + "/metrics");
        out.println("Try it:");
        out.println(
                """
                  curl http://%s:%d/v1/chat/completions -H 'Content-Type: application/json' \\
                    -d '{"messages":[{"role":"user","content":"What is 4738 + 2915 - 386?"}]}'
                """
                        .formatted(host, server.port()));
        out.flush();
        awaitEnd(server);
        return 0;
    }

    private LanguageModel model() throws IOException, InterruptedException {
        if (model == null) {
            return BundledModels.reasoner();
        }
        var path =
                model.startsWith(HUB)
                        ? download(ModelName.parse(model.substring(HUB.length())))
                        : Path.of(model);
        var file = Gguf.open(path);
        return chatTemplate == null
                ? LanguageModel.of(file)
                : LanguageModel.of(file, Files.readString(chatTemplate));
    }

    private Path download(ModelName name) throws IOException, InterruptedException {
        var token = Optional.ofNullable(System.getenv("HF_TOKEN")).filter(it -> !it.isBlank());
        var out = spec.commandLine().getOut();
        var bar = new ProgressBar(out, name.toString());
        return new ModelHub(hub, token, PAUSE).fetch(name, modelFolder, bar::at);
    }

    private ModelServer start(
            LanguageModel loaded, Engine engine, EngineMetrics metrics, List<String> served) {
        var budgets = new TreeMap<>(CompletionDefaults.of(loaded.reasons()).efforts());
        budgets.putAll(efforts);
        var options =
                ServerOptions.of(
                                served.getFirst(),
                                CompletionDefaults.of(loaded.reasons()).withEfforts(budgets))
                        .withNames(served)
                        .on(host, port);
        if (!reasoningFields.isEmpty()) {
            options = options.withReasoningFields(reasoningFields);
        }
        try {
            return ModelServer.start(
                    engine, loaded.tokenizer(), loaded.chatFormat(), metrics, options);
        } catch (ChannelBindException e) {
            engine.close();
            throw new IllegalArgumentException(
                    "cannot listen on %s:%d; is the port taken? (--port, --host)"
                            .formatted(host, port),
                    e);
        }
    }

    private EngineOptions options() {
        check("--max-num-seqs", maxSequences, 1, 65_536);
        check("--block-size", blockSize, 1, 4096);
        check("--queue-capacity", queueCapacity, 1, Integer.MAX_VALUE);
        check("--port", port, 0, 65_535);
        int budget = tokenBudget == null ? PROMPT_TOKENS + maxSequences : tokenBudget;
        if (budget < maxSequences) {
            throw new IllegalArgumentException(
                    "--max-num-batched-tokens is %d, it must be at least --max-num-seqs, which is %d"
                            .formatted(budget, maxSequences));
        }
        return EngineOptions.DEFAULT
                .withSteps(blockSize, budget, maxSequences)
                .withQueueCapacity(queueCapacity)
                .withKvCache(bytes(kvCacheMemory), storage(kvCacheType))
                .withPrefixCaching(!noPrefixCaching)
                .withThinkingMessage(thinkingMessage);
    }

    private static void check(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s is %d, it must be from %d to %d".formatted(option, value, least, most));
        }
    }

    private static KvStorage storage(String name) {
        for (var storage : KvStorage.values()) {
            if (storage.name().equalsIgnoreCase(name)) {
                return storage;
            }
        }
        throw new IllegalArgumentException(
                "--kv-cache-dtype is '" + name + "', it must be f32, f16 or q8");
    }

    static long bytes(String size) {
        var matcher = SIZE.matcher(size);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "--kv-cache-memory is '" + size + "', it must be a size such as 512M or 4G");
        }
        int shift =
                switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
                    case "k" -> 10;
                    case "m" -> 20;
                    case "g" -> 30;
                    default -> 0;
                };
        return Long.parseLong(matcher.group(1)) << shift;
    }

    /// Serves until the process is told to stop, and then until what is under way has ended.
    private static void awaitEnd(ModelServer server) throws InterruptedException {
        var ended = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .name("drain")
                                .unstarted(() -> {
                                    try {
                                        server.drain(PATIENCE);
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                    ended.countDown();
                                }));
        ended.await();
    }
}
